/**
 * Whether a metric filter counts one record of a log: the filter patterns for JSON of CloudWatch Logs, evaluated.
 * Undefined is the answer wherever it takes more than this file knows; nobody may take it for a yes.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */

type Answer = boolean | undefined;

/** @param record what the log holds, each member a string */
export function countsRecord(pattern: string, record: Readonly<Record<string, string>>): Answer {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(pattern)?.[1];
  if (inner === undefined) return pattern.trim() === '' ? true : undefined;
  const tokens = tokensOf(inner);
  if (tokens === undefined) return undefined;
  const reader = new Reader(tokens, record);
  const answer = reader.either();
  return reader.ended ? answer : undefined;
}

/** `&&` binds more than `||`. */
class Reader {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly record: Readonly<Record<string, string>>,
  ) {}

  get ended(): boolean {
    return this.at === this.tokens.length;
  }

  either(): Answer {
    let answer = this.both();
    while (this.take('||')) {
      const other = this.both();
      answer = answer === true || other === true ? true : answer === false && other === false ? false : undefined;
    }
    return answer;
  }

  private both(): Answer {
    let answer = this.one();
    while (this.take('&&')) {
      const other = this.one();
      answer = answer === false || other === false ? false : answer === true && other === true ? true : undefined;
    }
    return answer;
  }

  private one(): Answer {
    if (this.take('(')) {
      const answer = this.either();
      return this.take(')') ? answer : undefined;
    }
    const [selector = '', operator = '', value = ''] = this.tokens.slice(this.at, this.at + 3);
    this.at += 3;
    const member = /^\$\.([A-Za-z0-9_]+)$/.exec(selector)?.[1];
    const wanted = /^"(.*)"$/s.exec(value)?.[1];
    // How a number compares with a string that looks like one is not documented.
    if (member === undefined || wanted === undefined || (operator !== '=' && operator !== '!=')) return undefined;
    const held = this.record[member];
    if (held === undefined) return operator === '=' ? false : undefined;
    return matchesWildcard(wanted, held) === (operator === '=');
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const rest = text.replace(/\s*("(?:[^"\\])*"|&&|\|\||!=|[=()]|[^\s"&|!=()]+)\s*/gy, (_, token: string) => {
    tokens.push(token);
    return '';
  });
  return rest.trim() === '' ? tokens : undefined;
}

/** `*` stands for any characters. */
export function matchesWildcard(pattern: string, value: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return pattern === value;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}
