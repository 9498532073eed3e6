/**
 * Two trust domains in as little CloudFormation as carries them, and what a case adds. `S` is the stack: all whose logical id
 * begins with `A` is of the domain `a`, with `B` of `b`. `judge` is what `bulkhead check` would say.
 */
import { examine } from '../../lib/checks/run-checks';
import { buildModel } from '../../lib/model/build-model';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { ACCOUNT, configure, type Json, REGION, stack, TODAY } from '../model/notation';

export type Verdict = 'proved' | 'violated' | 'undecided';

const DOMAIN = { exposure: 'internal', owner: 'team' };

export const CONFIGURATION: Json = {
  domains: {
    a: { ...DOMAIN, resources: ['*/A*'] },
    b: { ...DOMAIN, resources: ['*/B*'] },
  },
};

export interface Judged {
  readonly verdict: Verdict;
  readonly findings: readonly string[];
}

/** @throws what the command line would print as unusable input */
export function judgeAll(templates: readonly RenderedTemplate[], configuration: Json = CONFIGURATION): Judged {
  const model = buildModel(templates, configure(configuration), { partial: true, today: TODAY });
  const { findings } = examine(model);
  const verdict = findings.some((f) => f.severity === 'violated')
    ? 'violated'
    : findings.length > 0
      ? 'undecided'
      : 'proved';
  return { verdict, findings: findings.map((f) => `${f.id} ${f.severity}: ${f.message}`) };
}

export function judge(resources: Json, sections: Json = {}, configuration?: Json): Judged {
  return judgeAll([stack(resources, { sections })], configuration);
}

export const HOME = ACCOUNT;
export const HERE = REGION;
export const arn = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
export const iam = (rest: string): string => `arn:aws:iam::${ACCOUNT}:${rest}`;
