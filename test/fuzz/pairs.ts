/** Where pairs of principals come from: AWS's managed policies, the corpus, and generators. */

import { managedPolicies, managedPolicy } from '../../lib/catalog/managed-policies';
import type { Catalogue } from '../../lib/policy/catalogue';
import { type CompiledPolicies, compile } from '../../lib/policy/compile';
import type { Policies } from '../../lib/policy/document';
import { parsePolicy } from '../../lib/policy/parse';
import { corpus } from '../policy/corpus';
import type { ActionIndex } from './actions';
import { DEVICES, disjointPair } from './disjoint-by-construction';
import { PolicyGenerator } from './generated-policies';
import { type DocumentJson, many, type PoliciesJson, type StatementJson } from './policies-json';
import type { Random } from './random';
import { readSubject, type Subject } from './sample-request';

export interface Side extends Subject {
  readonly policies: Policies;
  readonly compiled: CompiledPolicies;
}

export const KINDS = ['managed', 'narrowed', 'generated', 'constructed', 'corpus'] as const;
export type Kind = (typeof KINDS)[number];

export interface Pair {
  readonly kind: Kind;
  readonly a: Side;
  readonly b: Side;
}

export function parsePolicies(json: PoliciesJson): Policies {
  const parse = (document: DocumentJson, name: string) => parsePolicy(document, name, { texts: false });
  return {
    identityPolicies: json.identityPolicies.map((d, i) => parse(d, `identity ${i}`)),
    ...(json.permissionsBoundary ? { permissionsBoundary: parse(json.permissionsBoundary, 'boundary') } : {}),
    ...(json.serviceControlPolicies
      ? { serviceControlPolicies: json.serviceControlPolicies.map((d, i) => parse(d, `scp ${i}`)) }
      : {}),
  };
}

export class PairSource {
  private readonly generator: PolicyGenerator;
  private readonly names = managedPolicies().map((n) => n.arn);
  private readonly managed = new Map<string, Side>();
  private readonly corpus: readonly PoliciesJson[];

  constructor(
    private readonly catalogue: Catalogue,
    private readonly index: ActionIndex,
    private readonly random: Random,
  ) {
    this.generator = new PolicyGenerator(random);
    const cases = corpus().flatMap(({ cases }) => cases);
    this.corpus = cases
      .filter((c) => c.identityPolicies.length > 0 && (c.sessionPolicies ?? []).length === 0)
      .map((c) => ({
        identityPolicies: c.identityPolicies as unknown as readonly DocumentJson[],
        ...(c.permissionsBoundary ? { permissionsBoundary: c.permissionsBoundary as unknown as DocumentJson } : {}),
      }));
  }

  pair(kind: Kind): Pair {
    const { random } = this;
    switch (kind) {
      case 'managed': {
        const [a, b] = this.managedPair();
        return { kind, a, b };
      }
      case 'narrowed': {
        const [a, b] = this.managedPair();
        return { kind, a, b: this.side(this.narrow(a.json, b.json)) };
      }
      case 'generated':
        return this.of(kind, this.generator.pair());
      case 'constructed':
        return this.of(kind, disjointPair(random, random.pick(DEVICES)));
      case 'corpus':
        return this.of(kind, [random.pick(this.corpus), random.pick(this.corpus)]);
    }
  }

  side(json: PoliciesJson): Side {
    const policies = parsePolicies(json);
    return { ...readSubject(json, this.index), policies, compiled: compile(policies, this.catalogue) };
  }

  private of(kind: Kind, [a, b]: readonly [PoliciesJson, PoliciesJson]): Pair {
    return { kind, a: this.side(a), b: this.side(b) };
  }

  /** Mostly two that speak of a common action: the others are disjoint for the simplest of reasons. */
  private managedPair(): [Side, Side] {
    const a = this.managedSide(this.random.pick(this.names));
    let b = this.managedSide(this.random.pick(this.names));
    for (let tries = 0; tries < 6 && !meets(a, b); tries++) b = this.managedSide(this.random.pick(this.names));
    return [a, b];
  }

  private managedSide(arn: string): Side {
    let side = this.managed.get(arn);
    if (side === undefined) {
      side = this.side({ identityPolicies: [managedPolicy(arn)?.document as DocumentJson] });
      this.managed.set(arn, side);
    }
    return side;
  }

  /** B without what A allows, but for what a few of A's statements allow, or a part of it. */
  private narrow(a: PoliciesJson, b: PoliciesJson): PoliciesJson {
    const { random } = this;
    const statements = a.identityPolicies.flatMap(
      (d) => (Array.isArray(d.Statement) ? d.Statement : [d.Statement]) as StatementJson[],
    );
    const denials = statements
      .filter((s) => s.Effect === 'Allow' && !random.chance(0.1))
      .map((s): StatementJson => {
        const { Sid: _, Condition, ...rest } = s;
        const loosened =
          random.chance(0.15) && s.Resource !== undefined ? { Resource: this.specific(many(s.Resource)) } : {};
        const kept = Condition !== undefined && random.chance(0.6) ? { Condition } : {};
        return { ...rest, ...loosened, ...kept, Effect: 'Deny' };
      });
    return { ...b, identityPolicies: [...b.identityPolicies, { Version: '2012-10-17', Statement: denials }] };
  }

  private specific(resources: readonly string[]): readonly string[] {
    const one = this.random.pick(resources);
    return [one === '*' ? 'arn:aws:s3:::internal-*' : one.replace(/\*/, 'internal*')];
  }
}

function meets(a: Side, b: Side): boolean {
  return a.allowed.some((word, i) => (word & (b.allowed[i] ?? 0)) !== 0);
}
