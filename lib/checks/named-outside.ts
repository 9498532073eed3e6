/**
 * Keys, secrets, user pools and parameters that properties name and that need not be in the app: by ARN, which means one
 * thing everywhere, or by the name in a dynamic reference, which means one thing in an account and region.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
import { type Hole, isText } from '../policy/text';

export interface Named {
  readonly kind: string;
  readonly name: string;
  /** Account and region in which the name means it; absent where it means one thing everywhere. */
  readonly environment?: string;
}

const ARNS: readonly (readonly [kind: string, arn: RegExp])[] = [
  ['key', /arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[A-Za-z0-9/_-]+/g],
  ['secret', /arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+/g],
  ['parameter', /arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/[A-Za-z0-9/_.-]+/g],
  ['user pool', /arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[A-Za-z0-9_-]+/g],
];
/** What stands in each of them: most texts have none. */
const OF_A_SERVICE = /:(kms|secretsmanager|ssm|cognito-idp):/;
/** Its own last colon stands before the reference in the id of the hole that the reference is. */
const DYNAMIC = /^(.*):\{\{resolve:(secretsmanager|ssm-secure):([^:{}]+)/;

/** @param properties resolved, as a resource of the model has them */
export function namedOutside(properties: unknown): readonly Named[] {
  const found = new Map<string, Named>();
  const add = (named: Named): unknown => found.set(JSON.stringify(named), named);
  const visit = (value: unknown): void => {
    if (typeof value === 'string') byArn(value, add);
    else if (isText(value)) {
      for (const part of value.parts) {
        if (typeof part === 'string') byArn(part, add);
        else dynamic(part, add);
      }
    } else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null && !isDeny(value)) {
      const members = value as Readonly<Record<string, unknown>>;
      for (const key in members) visit(members[key]);
    }
  };
  visit(properties);
  return [...found.values()];
}

/** What a statement denies is named to be kept away. */
function isDeny(value: object): boolean {
  return 'Effect' in value && value.Effect === 'Deny';
}

function byArn(text: string, add: (named: Named) => unknown): void {
  if (!text.includes('arn:aws') || !OF_A_SERVICE.test(text)) return;
  for (const [kind, arn] of ARNS) for (const [name] of text.matchAll(arn)) add({ kind, name });
}

function dynamic({ hole, label }: Hole, add: (named: Named) => unknown): void {
  byArn(label, add);
  const [, environment, service, name] = DYNAMIC.exec(hole) ?? [];
  if (environment === undefined || name === undefined || name === 'arn') return;
  add({ kind: service === 'secretsmanager' ? 'secret' : 'parameter', name, environment });
}
