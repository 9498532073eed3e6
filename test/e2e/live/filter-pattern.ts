/**
 * The patterns of metric filters on JSON records, as CloudWatch Logs documents them: comparisons of one property with a
 * text, in which `*` stands for anything, or a number, joined by `&&` and `||`, `&&` first.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 *
 * What it does not know (parentheses, `IS NULL`, lists) it refuses, instead of answering.
 */
const COMPARISON = /^\$\.([\w.]+)\s*(!=|=|>=|<=|>|<)\s*(?:"([^"]*)"|(-?\d+(?:\.\d+)?))$/;

/** Whether the pattern counts the record. */
export function counts(pattern: string, record: string): boolean {
  const inner = /^\{\s*(.*?)\s*\}$/.exec(pattern)?.[1];
  if (inner === undefined) throw new Error(`pattern \`${pattern}\`: only patterns on JSON are known here`);
  const values = JSON.parse(record) as Readonly<Record<string, unknown>>;
  return inner.split('||').some((part) => part.split('&&').every((comparison) => holds(comparison.trim(), values)));
}

function holds(comparison: string, record: Readonly<Record<string, unknown>>): boolean {
  const [, path, operator, text, number] = COMPARISON.exec(comparison) ?? [];
  if (path === undefined || operator === undefined) throw new Error(`\`${comparison}\` is no comparison known here`);
  const value = path
    .split('.')
    .reduce<unknown>((of, key) => (of as Readonly<Record<string, unknown>> | undefined)?.[key], record);
  if (text !== undefined) {
    if (operator !== '=' && operator !== '!=') throw new Error(`\`${comparison}\`: a text is equal or not`);
    const equal = typeof value === 'string' && matches(text, value);
    return operator === '=' ? equal : !equal;
  }
  if (typeof value !== 'number') return operator === '!=';
  const other = Number(number);
  switch (operator) {
    case '=':
      return value === other;
    case '!=':
      return value !== other;
    case '>':
      return value > other;
    case '>=':
      return value >= other;
    case '<':
      return value < other;
    default:
      return value <= other;
  }
}

/** `*` stands for any text, the empty one too. */
function matches(pattern: string, value: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return value === first;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}
