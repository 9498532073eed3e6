/**
 * A question about two policies as one formula for z3's own theory of strings: the action, the resource
 * and the text of every key are strings, and every pattern is a regular expression that one of them is in.
 * So the question is put to a solver when nobody has taken it apart before.
 *
 * Whether the resource is one that the action takes is left out: the formula has the more solutions for
 * it, so where z3 finds none, nothing overlaps.
 */
import type { Catalogue } from '../../../lib/policy/catalogue';
import type { Policies, Selection } from '../../../lib/policy/document';
import { and, Encoding, or, plain } from './encode';
import { EVERYTHING, globbing, type Language } from './languages';

const ACTION = '|action|';
/** Names of actions are compared without regard to case, so lower-case letters stand for all. */
const NAMES = `(re.++ (re.+ ${oneOf()}) (str.to_re ":") (re.+ ${oneOf()}))`;

function oneOf(): string {
  return '(re.union (re.range "a" "z") (re.range "0" "9") (str.to_re "-"))';
}

class DirectEncoding extends Encoding {
  private readonly named = new Set<string>([ACTION]);

  constructor(catalogue: Catalogue, policies: readonly Policies[]) {
    super(catalogue, policies, '', EVERYTHING);
  }

  script(assertion: string): string {
    const strings = [...this.named].map((name) => `(declare-const ${name} String)`);
    return [...strings, ...this.declarations, `(assert (str.in_re ${ACTION} ${NAMES}))`, `(assert ${assertion})`].join(
      '\n',
    );
  }

  protected override action(selection: Selection): string {
    const named = or(selection.patterns.map((p) => this.inLanguage(ACTION, globbing(plain(p).toLowerCase()))));
    return selection.not ? `(not ${named})` : named;
  }

  protected override inLanguage(variable: string, language: Language | undefined): string {
    if (language === undefined) return 'false';
    this.named.add(variable);
    return `(str.in_re ${variable} ${language.smt})`;
  }
}

/** SMT-LIB that is satisfiable if both may make one request, each in a context of its own. */
export function overlapAsOneFormula(a: Policies, b: Policies, catalogue: Catalogue): string {
  const encoding = new DirectEncoding(catalogue, [a, b]);
  return encoding.script(and([encoding.allowed(a, 'A'), encoding.allowed(b, 'B')]));
}
