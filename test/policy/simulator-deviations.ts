/**
 * Where `@cloud-copilot/iam-simulate` decides otherwise than AWS documents, each with the source,
 * the questions that it can concern, and the corpus cases that show it. docs/simulator-deviations.md
 * tells the same in prose; `differential.test.ts` fails when one of them disappears, and when a
 * disagreement is explained by none.
 */
import { OPERATORS } from '../../lib/policy/operators/registry';
import type { SimulatorQuestion } from './simulator';

export interface Deviation {
  readonly id: string;
  readonly source: string;
  /** True where the deviation may show. Wide on purpose is wrong: it would hide our own mistakes. */
  readonly concerns: (question: SimulatorQuestion) => boolean;
  /** `file: name` of the corpus cases that the simulator gets wrong because of it. */
  readonly shownBy: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

interface Clause {
  /** As written, in lower case. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly version: unknown;
}

const list = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

function documents(question: SimulatorQuestion): readonly Json[] {
  return [
    ...question.identityPolicies,
    ...list(question.permissionsBoundary),
    ...(question.sessionPolicies ?? []),
    ...(question.serviceControlPolicies ?? []),
    ...(question.resourceControlPolicies ?? []),
    ...list(question.resourcePolicy),
  ] as Json[];
}

function statements(question: SimulatorQuestion): readonly (Json & { readonly version: unknown })[] {
  return documents(question).flatMap((document) =>
    list(document.Statement).map((statement) => ({ ...(statement as Json), version: document.Version })),
  );
}

function clauses(question: SimulatorQuestion): readonly Clause[] {
  return statements(question).flatMap((statement) =>
    Object.entries((statement.Condition ?? {}) as Record<string, Json>).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({
        operator: operator.toLowerCase(),
        key,
        values: list(values).map(String),
        version: statement.version,
      })),
    ),
  );
}

function valuesOf(question: SimulatorQuestion, key: string): readonly string[] {
  const [, value] = Object.entries(question.request.context).find(([k]) => k.toLowerCase() === key.toLowerCase()) ?? [];
  return list(value) as string[];
}

const NEGATED = Object.entries(OPERATORS)
  .filter(([, operator]) => operator.negated)
  .map(([name]) => name.toLowerCase());

const resources = (question: SimulatorQuestion): readonly string[] =>
  statements(question).flatMap((statement) =>
    [...list(statement.Resource), ...list(statement.NotResource)].map(String),
  );

const USER_GUIDE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/';

export const DEVIATIONS: readonly Deviation[] = [
  {
    id: 'star-within-segment',
    source: `${USER_GUIDE}reference_policies_elements_resource.html`,
    concerns: (question) =>
      resources(question).some((pattern) => {
        const components = pattern.replace(/\$\{[^}]*\}/g, '').split(':');
        if (pattern === '*' || components.length !== 6) return pattern !== '*';
        // A star in region or account reaches into a resource that holds colons itself.
        return question.request.resource.split(':').length > 6 && components.slice(0, 5).some((c) => c.includes('*'));
      }),
    shownBy: [
      'resources.json: a star crosses the colons of region and account',
      'resources.json: a star crosses colons in one sweep',
      'resources.json: a star crosses colons inside the resource',
    ],
  },
  {
    id: 'wildcard-in-resource-type',
    source: `${USER_GUIDE}reference_policies_elements_resource.html`,
    concerns: (question) =>
      resources(question).some((pattern) => /^arn:(?:[^:]*:){4}[^:/]*[*?][^:/]*[:/]/.test(pattern)),
    shownBy: ['resources.json: a star stands for the resource type'],
  },
  {
    id: 'wildcard-in-service',
    source: `${USER_GUIDE}access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-wildcard-in-service-name`,
    concerns: (question) =>
      statements(question).some((statement) =>
        [...list(statement.Action), ...list(statement.NotAction)].some((action) =>
          /^[^:]*[*?][^:]*:/.test(String(action)),
        ),
      ),
    shownBy: ['actions.json: a wildcard in the service'],
  },
  {
    id: 'variable-without-value',
    source: `${USER_GUIDE}reference_policies_variables.html#policy-vars-no-value`,
    concerns: (question) =>
      statements(question).some((statement) =>
        list(statement.NotResource).some((pattern) => String(pattern).includes('${')),
      ) ||
      clauses(question).some(
        ({ operator, values }) =>
          NEGATED.some((name) => operator.includes(name)) && values.some((value) => value.includes('${')),
      ),
    shownBy: [
      'denies.json: a variable without value under a negated operator denies',
      'variables.json: a variable without value in StringNotEquals matches',
      'variables.json: a variable without value in NotResource matches no resource, so the statement speaks of all',
    ],
  },
  {
    id: 'wildcard-in-value-of-variable',
    source: `${USER_GUIDE}reference_policies_variables.html`,
    concerns: (question) =>
      statements(question).some((s) => s.Effect === 'Deny' && JSON.stringify(s).includes('${')) &&
      Object.values(question.request.context).some((value) => list(value).some((one) => /[*?]/.test(String(one)))),
    shownBy: ['where-aws-is-silent.json: the value of a variable in a Deny stands for itself, a star in it too'],
  },
  {
    id: 'escape-in-exact-operator',
    source: `${USER_GUIDE}reference_policies_variables.html#policy-vars-specialchars`,
    concerns: (question) => clauses(question).some(({ values }) => values.some((value) => /\$\{[*?$]\}/.test(value))),
    shownBy: [
      'variables.json: ${*} in StringEquals is a star',
      'variables.json: ${$} in StringEquals is a dollar sign',
    ],
  },
  {
    id: 'variables-in-old-version',
    source: `${USER_GUIDE}reference_policies_elements_version.html`,
    concerns: (question) =>
      documents(question).some(
        (document) => document.Version !== '2012-10-17' && JSON.stringify(document).includes('${'),
      ),
    shownBy: [
      'variables.json: in version 2008 a variable is text',
      'variables.json: in version 2008 the text of a variable matches itself',
      'variables.json: without a version a variable is text',
      'variables.json: a condition value of version 2008 is text',
    ],
  },
  {
    id: 'variable-in-arn-operator',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html#Conditions_ARN`,
    concerns: (question) =>
      clauses(question).some(
        ({ operator, values }) => operator.includes('arn') && values.some((value) => value.includes('${')),
      ),
    shownBy: ['operators-arn.json: an ARN operator takes variables'],
  },
  {
    id: 'first-component-of-arn',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html#Conditions_ARN`,
    concerns: (question) =>
      clauses(question).some(
        ({ operator, key }) =>
          operator.includes('arn') &&
          valuesOf(question, key).some((value) => /^[^:]*:/.test(value) && !/^arn:/.test(value)),
      ),
    shownBy: ['operators-arn.json: the first of the six components is compared as well'],
  },
  {
    id: 'epoch-in-milliseconds',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html#Conditions_Date`,
    concerns: (question) =>
      clauses(question).some(
        ({ operator, key, values }) =>
          operator.includes('date') && [...values, ...valuesOf(question, key)].some((value) => /^-?\d+$/.test(value)),
      ),
    shownBy: [
      'operators-date.json: epoch seconds in the request',
      'operators-date.json: epoch seconds in the policy',
      'operators-date.json: epoch equals the same instant',
      'where-aws-is-silent.json: four digits are a year, not an epoch',
    ],
  },
  {
    id: 'lax-dates',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html#Conditions_Date`,
    concerns: (question) =>
      clauses(question).some(
        ({ operator, values }) => operator.includes('date') && values.some((value) => value.includes('*')),
      ),
    shownBy: ['operators-date.json: wildcards are not permitted'],
  },
  {
    id: 'lax-numbers',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html#Conditions_Numeric`,
    concerns: (question) =>
      clauses(question).some(
        ({ operator, key, values }) =>
          operator.includes('numeric') &&
          [...values, ...valuesOf(question, key)].some(
            (value) => !/^-?\d+(\.\d+)?$/.test(value) && /^-?[\d.]/.test(value),
          ),
      ),
    shownBy: ['where-aws-is-silent.json: a text that begins with a number is no number'],
  },
  {
    id: 'all-addresses',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html#Conditions_IPAddress`,
    concerns: (question) => clauses(question).some(({ values }) => values.some((value) => /^[0-9.]+\/0$/.test(value))),
    shownBy: ['operators-ip.json: all of IPv4'],
  },
  {
    id: 'single-address-of-the-other-family',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html#Conditions_IPAddress`,
    concerns: (question) =>
      clauses(question).some(({ operator, key, values }) => {
        const six = valuesOf(question, key).map((value) => value.includes(':'));
        return (
          operator.includes('notip') &&
          values.some((value) => !value.includes('/') && six.includes(!value.includes(':')))
        );
      }),
    shownBy: ['operators-ip.json: NotIpAddress with a single IPv4 address: an IPv6 address is another'],
  },
  {
    id: 'unreadable-value-under-negation',
    source: `${USER_GUIDE}reference_policies_elements_condition_operators.html`,
    concerns: (question) =>
      clauses(question).some(({ operator, key, values }) => {
        const readable = /numericnot/.test(operator)
          ? /^-?[0-9.]+$/
          : /datenot/.test(operator)
            ? /^\d{4}/
            : /notip/.test(operator)
              ? /^(\d+(\.\d+){3}|[0-9a-f.]*:[0-9a-f.:]*)(\/\d+)?$/i
              : /arnnot/.test(operator)
                ? /^arn:/
                : /^/s;
        return [...values, ...valuesOf(question, key)].some((value) => !readable.test(value));
      }),
    shownBy: [
      'where-aws-is-silent.json: no number in the request under a negated operator',
      'where-aws-is-silent.json: no number in the policy under a negated operator',
      'where-aws-is-silent.json: no date in the request under a negated operator',
      'where-aws-is-silent.json: no ARN in the request under a negated operator',
      'where-aws-is-silent.json: no address in the request under a negated operator',
    ],
  },
  {
    id: 'null-with-quantifier',
    source: `${USER_GUIDE}access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-null-with-qualifier`,
    concerns: (question) => clauses(question).some(({ operator }) => operator.endsWith(':null')),
    shownBy: [
      'operators-null.json: ForAllValues:Null is always true',
      'operators-null.json: ForAnyValue:Null is always false',
    ],
  },
  {
    id: 'several-values-without-quantifier',
    source: `${USER_GUIDE}reference_policies_condition-single-vs-multi-valued-context-keys.html`,
    concerns: (question) =>
      clauses(question).some(({ operator, key }) => !operator.includes(':') && valuesOf(question, key).length > 1),
    shownBy: [
      'where-aws-is-silent.json: several values without a set operator: one matches',
      'where-aws-is-silent.json: several values under a negated operator without a set operator: none matches',
    ],
  },
  {
    id: 'not-principal',
    source: `${USER_GUIDE}reference_policies_elements_notprincipal.html`,
    concerns: (question) => statements(question).some((statement) => statement.NotPrincipal !== undefined),
    shownBy: [
      'not-principal.json: others of Bob’s account are not spared',
      'not-principal.json: without the account’s ARN Bob is denied',
      'not-principal.json: another session of the role is not spared',
      'not-principal.json: the session without its role is not spared',
    ],
  },
  {
    id: 'root-user',
    source: `${USER_GUIDE}reference_policies_evaluation-logic_policy-eval-denyallow.html`,
    concerns: ({ principal }) => principal?.endsWith(':root') === true,
    shownBy: [
      'kms.json: the root user by the default key policy',
      'resource-policies.json: the root user may do everything by default',
    ],
  },
  {
    id: 'short-execute-api',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html',
    concerns: (question) => resources(question).some((pattern) => pattern.startsWith('execute-api:/')),
    shownBy: ['resource-policies.json: execute-api in short form'],
  },
  {
    id: 'control-policy-for-service',
    source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html',
    concerns: ({ principal, serviceControlPolicies }) =>
      serviceControlPolicies !== undefined && !/^arn:aws:(iam|sts):/.test(principal ?? 'arn:aws:iam:'),
    shownBy: ['service-control-policies.json: SCPs do not limit a service principal'],
  },
  {
    id: 'federated-user-without-session-policy',
    source: `${USER_GUIDE}reference_policies_evaluation-logic_policy-eval-denyallow.html`,
    concerns: ({ principal, sessionPolicies }) =>
      principal?.includes(':federated-user/') === true && sessionPolicies === undefined,
    shownBy: ['sessions.json: a federated user session without session policy may nothing'],
  },
  {
    id: 'session-policy-on-direct-grant',
    source: `${USER_GUIDE}reference_policies_evaluation-logic_policy-eval-denyallow.html`,
    concerns: ({ sessionPolicies, resourcePolicy }) => sessionPolicies !== undefined && resourcePolicy !== undefined,
    shownBy: ['sessions.json: a resource policy that names the session is not limited by the session policy'],
  },
  {
    id: 'one-session-policy',
    source: `${USER_GUIDE}id_credentials_temp_control-access_assumerole.html`,
    concerns: ({ sessionPolicies }) => (sessionPolicies ?? []).length > 1,
    shownBy: ['sessions.json: two session policies: one of them allows'],
  },
  {
    id: 'owned-by-aws',
    source: `${USER_GUIDE}access_policies_managed-vs-inline.html#aws-managed-policies`,
    concerns: ({ request }) =>
      /^iam:(create|delete|set|put|attach|detach|update|tag|untag|pass)/i.test(request.action) &&
      /^arn:[^:]*:iam::(aws:policy\/|[^:]*:role\/aws-reserved\/)/i.test(request.resource),
    shownBy: [
      'where-aws-is-silent.json: a policy that AWS owns: IAM policies alone do not refuse its change',
      'where-aws-is-silent.json: a role that AWS owns: IAM policies alone do not refuse its change',
    ],
  },
  {
    id: 'role-without-trust-policy',
    source: `${USER_GUIDE}reference_policies_evaluation-logic_policy-eval-denyallow.html`,
    concerns: ({ request, resourcePolicy }) => /^sts:/i.test(request.action) && resourcePolicy === undefined,
    shownBy: ['where-aws-is-silent.json: an identity policy does not suffice where no trust policy is known'],
  },
];

/** The deviations that may explain a disagreement on this question. */
export function deviationsOf(question: SimulatorQuestion): readonly Deviation[] {
  return DEVIATIONS.filter(({ concerns }) => concerns(question));
}
