/**
 * The controls, and the attack on each that must fail; which rows of a run show it. A control without a row fails the
 * run, unless it is said here that its attack needs the emulator, and there is none.
 */
import type { Row } from './evidence';

export interface Attacked {
  readonly id: string;
  /** The attack that must fail on a deployed system. */
  readonly attack: string;
  /** What the attack cannot do without. */
  readonly needs: 'the emulator' | 'templates';
}

const of = (id: string, attack: string, needs: Attacked['needs'] = 'templates'): Attacked => ({ id, attack, needs });
const live = (id: string, attack: string): Attacked => of(id, attack, 'the emulator');

export const ATTACKED: readonly Attacked[] = [
  live('D1', 'routes that are not listed are probed'),
  of('D2', 'a stolen role of one domain is turned against the resources of another'),
  of('D3', 'a token or certificate of one domain is replayed at another'),
  of('D4', 'calls without authentication, of the wrong scope, malformed'),
  of('D5', 'from every principal, whatever can be assumed is assumed'),
  of('D6', 'the internal API is called from outside'),
  live('D7', 'a foreign origin calls'),
  live('D8', 'no certificate, a foreign, an expired, a revoked one'),
  of('D9', 'one domain is flooded, and another serves'),
  of('D10', 'a role of another domain decrypts'),
  of('D11', 'an undeclared call is denied, the declared one is logged'),
  of('D12', 'an attack on one domain raises its alarms alone'),
  live('D13', 'one domain is isolated, and another serves'),
  of('D14', 'one domain is broken, and another synthesizes and deploys'),
  of('D15', 'the matrix of all pairs of domains is run'),
  of('S1', 'who deploys approves, who approves prepares'),
  of('S2', 'who deploys decrypts data'),
  of('S3', 'who deploys mutes an alarm'),
  of('S4', 'somebody escalates along every known path'),
  of('S5', 'each principal in turn is compromised'),
  of('S6', 'a token of development is used in production'),
  of('S7', 'a canary secret is planted'),
  of('S8', 'who reads posts'),
  of('S9', 'an expired token, a foreign one'),
  live('S10', 'a session without a second factor'),
  of('S11', 'who operates patches a stage'),
  of('S12', 'audit records are deleted as every role'),
  of('S13', 'who operates tampers with audit records'),
  of('S14', 'routes and credentials are enumerated'),
  of('S15', 'a method is called with test-invoke'),
  of('S16', 'observed access is compared with the matrix'),
];

export interface Coverage extends Attacked {
  readonly live: number;
  readonly simulated: number;
  readonly checked: number;
  /** `shown`, or why there is no row. */
  readonly state: 'shown' | 'needs the emulator' | 'NOT SHOWN';
}

/** What a row is about: `D5, S5` is about two controls. */
export const controlsOf = ({ control }: Row): readonly string[] => control.split(', ');

export function coverage(rows: readonly Row[], withEmulator: boolean): readonly Coverage[] {
  return ATTACKED.map((attacked) => {
    const about = rows.filter((r) => controlsOf(r).includes(attacked.id));
    const count = (how: Row['how']) => about.filter((r) => r.how === how).length;
    const excused = !withEmulator && attacked.needs === 'the emulator';
    const state = about.length > 0 ? 'shown' : excused ? 'needs the emulator' : 'NOT SHOWN';
    return { ...attacked, live: count('live'), simulated: count('simulated'), checked: count('checked'), state };
  });
}
