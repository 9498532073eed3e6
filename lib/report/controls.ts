/**
 * The controls that the checks stand for: which findings break which control, stated as what is judged. A control that no
 * check of a template can judge (what answers a request at run time, who owns a team) is not here.
 */
import type { CheckId, Finding } from '../checks/finding';
import { CHECKS } from '../checks/run-checks';
import type { Model } from '../model/model';
import type { Report } from './report';

export interface Control {
  readonly id: string;
  readonly text: string;
  readonly checks: readonly CheckId[];
  /** Of those, the checks whose findings count only between principals of two domains. */
  readonly across?: readonly CheckId[];
  /** Of those, the checks whose findings count only between two duties that no two domains keep apart already. */
  readonly within?: readonly CheckId[];
  /** Of those, the checks whose findings count only where they say what somebody may do. */
  readonly acting?: readonly CheckId[];
  /** Without these in the app there is nothing to judge. */
  readonly about: 'domains' | 'duties' | 'trails' | 'alarms' | 'switches';
}

export const CONTROLS: readonly Control[] = [
  {
    id: 'D1',
    text: 'every API stands in a trust domain with an exposure and an owner',
    checks: ['DOM-3'],
    about: 'domains',
  },
  { id: 'D2', text: 'no resource is shared by two domains', checks: ['DOM-2'], about: 'domains' },
  {
    id: 'D3',
    text: 'no method is open, and no issuer, user pool or authority lets callers into two domains',
    checks: ['DOM-4', 'DOM-6'],
    about: 'domains',
  },
  { id: 'D4', text: 'every method asks who calls, and checks what is sent', checks: ['DOM-6'], about: 'domains' },
  {
    id: 'D5',
    text: 'what a duty role may come to hold is bounded by its remit',
    checks: ['SOD-4', 'SOD-5'],
    about: 'duties',
  },
  {
    id: 'D6',
    text: 'internal APIs are reached through endpoints of their domain alone',
    checks: ['DOM-7'],
    about: 'domains',
  },
  {
    id: 'D7',
    text: 'scripts of named origins alone call a domain, and no two domains share a network',
    checks: ['DOM-9'],
    about: 'domains',
  },
  {
    id: 'D8',
    text: 'no way leads around client certificates, and their authorities are pinned',
    checks: ['DOM-5'],
    about: 'domains',
  },
  {
    id: 'D9',
    text: 'every domain limits rates by itself: a web ACL that blocks floods, and a throttle',
    checks: ['DOM-8'],
    about: 'domains',
  },
  {
    id: 'D10',
    text: 'a key serves one domain, and nobody of another domain may use it',
    checks: ['SOD-1', 'DOM-1', 'DOM-2', 'DOM-15'],
    across: ['SOD-1'],
    about: 'domains',
  },
  {
    id: 'D11',
    text: 'nothing crosses from one domain into another undeclared',
    checks: ['SOD-1', 'SOD-2', 'DOM-1'],
    across: ['SOD-1', 'SOD-2'],
    about: 'domains',
  },
  {
    id: 'D12',
    text: 'every domain has alarms of its own, which are heard and which nobody may mute',
    checks: ['DOM-13'],
    about: 'alarms',
  },
  {
    id: 'D13',
    text: 'one parameter isolates a domain: everything is blocked, sessions are revoked, no other domain notices',
    checks: ['DOM-14'],
    about: 'switches',
  },
  {
    id: 'D14',
    text: 'every domain is deployed without another',
    checks: ['DOM-12'],
    about: 'domains',
  },
  {
    id: 'D15',
    text: 'of every two domains it is judged, both ways, that what may cross is declared',
    checks: ['SOD-1', 'SOD-2', 'DOM-1'],
    across: ['SOD-1', 'SOD-2'],
    about: 'domains',
  },
  {
    id: 'S1',
    text: 'nobody both prepares a change and lets it run',
    checks: ['SOD-1', 'SOD-2', 'SOD-3', 'SOD-6', 'SOD-7'],
    within: ['SOD-1'],
    about: 'duties',
  },
  {
    id: 'S2',
    text: 'nobody builds, deploys and reads data',
    checks: ['SOD-1', 'SOD-2', 'SOD-3', 'SOD-6'],
    within: ['SOD-1'],
    about: 'duties',
  },
  {
    id: 'S3',
    text: 'roles of conflicting duties are assumed by different people, and none of them mutes an alarm',
    checks: ['SOD-3', 'DOM-13'],
    acting: ['DOM-13'],
    about: 'duties',
  },
  {
    id: 'S4',
    text: 'no hidden overlap: passed roles, chains, edits of policies and trust',
    checks: ['SOD-2'],
    about: 'duties',
  },
  {
    id: 'S5',
    text: 'no credential comes to the requests of two duties, by itself or by any chain',
    checks: ['SOD-1', 'SOD-2', 'SOD-3', 'SOD-6'],
    within: ['SOD-1'],
    about: 'duties',
  },
  {
    id: 'S6',
    text: 'development and production share no issuer, user pool, authority, key or secret, and nothing of development reaches production',
    checks: ['DOM-10'],
    about: 'domains',
  },
  {
    id: 'S7',
    text: 'no credential stands in a template or an asset, and those of a domain lie under its key',
    checks: ['DOM-11'],
    about: 'domains',
  },
  {
    id: 'S8',
    text: 'reading and writing by high-value routes are split',
    checks: ['SOD-1', 'SOD-8'],
    within: ['SOD-1'],
    about: 'duties',
  },
  { id: 'S9', text: 'duty roles admit exact principals, for a bounded time', checks: ['SOD-9'], about: 'duties' },
  {
    id: 'S10',
    text: 'a privileged duty asks for a second factor, which IAM sees or somebody vouches for; user pools take one that cannot be taken over',
    checks: ['SOD-9'],
    about: 'duties',
  },
  {
    id: 'S11',
    text: 'what the remit of a duty does not hold is not attached to its role',
    checks: ['SOD-4'],
    about: 'duties',
  },
  {
    id: 'S12',
    text: 'what an audit trail records is signed and locked, and nobody may mute the trail',
    checks: ['AUD-1'],
    about: 'trails',
  },
  { id: 'S13', text: 'audit trails are read by the duty audit alone', checks: ['AUD-2'], about: 'trails' },
  {
    id: 'S14',
    text: 'unusual traffic, refused callers and denied uses of the key raise alarms that are heard',
    checks: ['DOM-13'],
    about: 'alarms',
  },
  {
    id: 'S15',
    text: 'no test invocation, data trace, bare key or unbounded emergency access',
    checks: ['SOD-10'],
    about: 'domains',
  },
  { id: 'S16', text: 'the report leaves no part of the app out', checks: ['APP-1'], about: 'domains' },
];

export type ControlState = 'held' | 'broken' | 'undecided' | 'nothing to judge';

/** A part of the app that cannot be seen leaves every control undecided. */
export function stateOf(
  { checks, across = [], within = [], acting = [], about }: Control,
  { model, findings }: Report,
): ControlState {
  const open = findings.filter((f) => f.exception === undefined);
  const own = open.filter(
    (f) =>
      checks.includes(f.id) &&
      (!across.includes(f.id) || isAcross(f, model)) &&
      (!within.includes(f.id) || isWithin(f, model)) &&
      (!acting.includes(f.id) || f.principals.length > 0),
  );
  const beside = open.filter(({ also = [] }) => also.some(({ id }) => checks.includes(id)));
  const all = [...own, ...beside];
  if (all.some((f) => f.severity === 'violated')) return 'broken';
  if (all.length > 0 || open.some(({ id }) => id === 'APP-1')) return 'undecided';
  const judged = isThere(about, model);
  return judged ? 'held' : 'nothing to judge';
}

function isThere(about: Control['about'], { domains, principals, resources }: Model): boolean {
  switch (about) {
    case 'domains':
      return domains.length > 0;
    case 'duties':
      return principals.some(({ duty }) => duty !== undefined);
    case 'trails':
      return resources.some(({ origin }) => origin.type === 'AWS::CloudTrail::Trail');
    case 'switches':
      return resources.some(({ part }) => part === 'api');
    case 'alarms':
      return resources.some(({ origin, domain }) => origin.type === 'AWS::CloudWatch::Alarm' && domain !== undefined);
  }
}

/** What two roles of different domains share is shown once, as an overlap, and no crossing declares it. */
function isAcross({ principals }: Finding, model: Model): boolean {
  const named = model.principals.filter(({ id }) => principals.includes(id));
  return new Set(named.map(({ domain }) => domain)).size > 1;
}

/** What roles of two domains share is a crossing, whatever their duties; of one domain, or of none, duties are what keeps them apart. */
function isWithin({ principals }: Finding, model: Model): boolean {
  const named = model.principals.filter(({ id, duty }) => duty !== undefined && principals.includes(id));
  return named.some((a) =>
    named.some((b) => a.duty !== b.duty && (a.domain === b.domain || a.domain === undefined || b.domain === undefined)),
  );
}

/** The controls whose checks this version has. */
export function judgedControls(): readonly Control[] {
  const known = new Set(CHECKS.map(({ id }) => id));
  return CONTROLS.filter(({ checks }) => checks.every((id) => known.has(id)));
}
