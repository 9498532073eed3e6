/**
 * How dangerous new access is, for ranking: a reviewer reads the first lines. By what the actions can do, as AWS
 * classifies them, and by what our escalation paths and the secrets of an account make of them.
 */
import type { AccessLevel, AwsCatalogue } from '../catalog/catalogue';
import { ESCALATION_PATHS } from '../catalog/escalation-paths';
import { ActionIndex } from '../policy/action-set';
import type { Selection } from '../policy/document';

/** From the gravest. */
export const DANGERS = ['critical', 'high', 'medium', 'low'] as const;
export type Danger = (typeof DANGERS)[number];

export function gravest(dangers: readonly Danger[]): Danger {
  return DANGERS.find((danger) => dangers.includes(danger)) ?? 'low';
}

export function byDanger(a: { readonly danger: Danger }, b: { readonly danger: Danger }): number {
  return DANGERS.indexOf(a.danger) - DANGERS.indexOf(b.danger);
}

const OF_LEVEL: Readonly<Record<AccessLevel, Danger>> = {
  'permissions-management': 'high',
  write: 'medium',
  tagging: 'medium',
  read: 'low',
  list: 'low',
};

/** Requests that are a path to another principal on their own or with others. */
const ESCALATING: ReadonlySet<string> = new Set(
  ESCALATION_PATHS.flatMap(({ requests }) => requests.map((r) => r.action.toLowerCase())),
);

/** Reads that hand out what others must not have: data at rest, secrets, credentials. */
const DISCLOSING: ReadonlySet<string> = new Set([
  'dynamodb:batchgetitem',
  'dynamodb:getitem',
  'dynamodb:query',
  'dynamodb:scan',
  'kms:decrypt',
  's3:getobject',
  's3:getobjectversion',
  'secretsmanager:batchgetsecretvalue',
  'secretsmanager:getsecretvalue',
  'ssm:getparameter',
  'ssm:getparameters',
  'ssm:getparametersbypath',
]);

/** Of the gravest action that the selection selects; `critical` when that is every action there is. */
export function dangerOf(selection: Selection, catalogue: AwsCatalogue): Danger {
  const selected = ActionIndex.of(catalogue).select(selection);
  let count = 0;
  let worst: Danger = 'low';
  for (const action of selected) {
    count++;
    const danger = dangerOfAction(catalogue.actions.at(action)!, catalogue);
    if (DANGERS.indexOf(danger) < DANGERS.indexOf(worst)) worst = danger;
  }
  return count === catalogue.actions.length ? 'critical' : worst;
}

export function dangerOfAction(action: string, catalogue: AwsCatalogue): Danger {
  const name = action.toLowerCase();
  const id = catalogue.actionId(action);
  const level = id === undefined ? 'medium' : OF_LEVEL[catalogue.accessLevel(id)];
  if (level === 'high' || /^iam:(?!get|list|simulate|generate)/.test(name)) return 'high';
  // A start, a creation or a tag is a path only beside others; those count when reach finds the path.
  if (ESCALATING.has(name)) return level === 'low' ? 'medium' : level;
  return DISCLOSING.has(name) ? 'medium' : level;
}
