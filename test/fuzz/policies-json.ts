/** Policies as JSON, and a plain reading of their statements for the sampler (the engine parses for itself). */
import type { Context } from '../../lib/policy/document';

export type OneOrMany = string | readonly string[];

export interface StatementJson {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany | boolean | number>>>>;
}

export interface DocumentJson {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: StatementJson | readonly StatementJson[];
}

/** `POLICIES` of the command line. */
export interface PoliciesJson {
  readonly identityPolicies: readonly DocumentJson[];
  readonly permissionsBoundary?: DocumentJson;
  readonly serviceControlPolicies?: readonly DocumentJson[];
}

export interface RequestJson {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export interface ConditionReading {
  readonly quantifier?: 'ForAllValues' | 'ForAnyValue';
  /** Lower case, without quantifier and `IfExists`. */
  readonly operator: string;
  readonly ifExists: boolean;
  /** Lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface StatementReading {
  readonly allow: boolean;
  readonly actions: readonly string[];
  readonly notActions: boolean;
  readonly resources: readonly string[];
  readonly notResources: boolean;
  readonly conditions: readonly ConditionReading[];
}

export function many(value: OneOrMany | boolean | number | undefined): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

export function statementsOf(document: DocumentJson): readonly StatementReading[] {
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return (statements as readonly StatementJson[]).map((s) => ({
    allow: s.Effect === 'Allow',
    actions: many(s.Action ?? s.NotAction),
    notActions: s.NotAction !== undefined,
    resources: many(s.Resource ?? s.NotResource),
    notResources: s.NotResource !== undefined,
    conditions: Object.entries(s.Condition ?? {}).flatMap(([operator, block]) =>
      Object.entries(block).map(([key, value]) => readCondition(operator, key, many(value))),
    ),
  }));
}

function readCondition(written: string, key: string, values: readonly string[]): ConditionReading {
  const [first, second] = written.split(':');
  const operator = (second ?? first ?? '').toLowerCase();
  const ifExists = operator.endsWith('ifexists');
  const quantifier =
    second === undefined ? undefined : first?.toLowerCase() === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue';
  return {
    ...(quantifier ? { quantifier } : {}),
    operator: ifExists ? operator.slice(0, -'ifexists'.length) : operator,
    ifExists,
    key: key.toLowerCase(),
    values,
  };
}

/** Every document that bounds the principal. */
export function documentsOf(policies: PoliciesJson): readonly DocumentJson[] {
  return [
    ...policies.identityPolicies,
    ...(policies.permissionsBoundary ? [policies.permissionsBoundary] : []),
    ...(policies.serviceControlPolicies ?? []),
  ];
}
