/**
 * The controls that the checks stand for: which findings break which control. A control that no check of a template can
 * judge (what answers a request at run time, who owns a team) is not here; docs/domain.md says what builds those.
 */
import type { CheckId } from '../checks/finding';

export interface Control {
  readonly id: string;
  readonly text: string;
  readonly checks: readonly CheckId[];
}

export const CONTROLS: readonly Control[] = [
  { id: 'D1', text: 'every API is inventoried and classified, with an owner', checks: ['DOM-3'] },
  { id: 'D2', text: 'a domain has its own gateway, key, web ACL, roles and logs', checks: ['DOM-2'] },
  { id: 'D5', text: 'least privilege by structure; the reach of a credential is bounded', checks: ['SOD-4', 'SOD-5'] },
  { id: 'D10', text: 'one encryption key a domain, used in that domain only', checks: ['DOM-1', 'DOM-2'] },
  { id: 'D11', text: 'a crossing is explicit, and what is not declared is a finding', checks: ['DOM-1'] },
  { id: 'D15', text: 'every pair of domains is judged', checks: ['DOM-1', 'DOM-2'] },
  { id: 'S1', text: 'nobody both executes and approves', checks: ['SOD-1', 'SOD-2', 'SOD-3', 'SOD-5'] },
  { id: 'S2', text: 'nobody builds, deploys and reads data', checks: ['SOD-1', 'SOD-2', 'SOD-3', 'SOD-5'] },
  { id: 'S3', text: 'provisioning, deployment and monitoring are assumed by different people', checks: ['SOD-3'] },
  { id: 'S4', text: 'no hidden overlap: passed roles, chains, edits of policies and trust', checks: ['SOD-2'] },
  { id: 'S5', text: 'one credential never spans every stage of an attack', checks: ['SOD-1', 'SOD-2'] },
  { id: 'S8', text: 'reading and writing of high-value routes are split', checks: ['SOD-1'] },
  { id: 'S11', text: 'the gateway is changed only by its deploy duty', checks: ['SOD-1', 'SOD-4'] },
  { id: 'S16', text: 'separation is measurable and visible: this report', checks: [] },
];
