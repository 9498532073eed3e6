/**
 * The seven duties of a trust domain, and which of them are privileged.
 *
 * The values are the words that travel in template metadata, role names and findings.
 */
import { TrustDomainError } from './domain-error';

/** What a role is for. Each trust domain has one role per duty; any two duties conflict. */
export enum Duty {
  /** Grants access: administers the key's policy and the domain's users. */
  PROVISION = 'provision',

  /** Prepares a change: uploads assets, creates change sets. */
  DEPLOY = 'deploy',

  /** Lets a prepared change run. */
  APPROVE = 'approve',

  /** Reads the domain's data. */
  READ = 'read',

  /** Changes the domain's data. */
  WRITE = 'write',

  /** Watches production. */
  MONITOR = 'monitor',

  /** Reads the audit trail. */
  AUDIT = 'audit',
}

/** In the order in which reports list them. */
export const ALL_DUTIES: readonly Duty[] = [
  Duty.PROVISION,
  Duty.DEPLOY,
  Duty.APPROVE,
  Duty.READ,
  Duty.WRITE,
  Duty.MONITOR,
  Duty.AUDIT,
];

/** Duties that change what the domain is or who may use it: their sessions prove multi-factor authentication. */
export function isPrivileged(duty: Duty): boolean {
  return duty === Duty.PROVISION || duty === Duty.DEPLOY || duty === Duty.APPROVE;
}

/** The duty itself; throws for what is none, as untyped callers may pass. */
export function requireDuty(duty: Duty): Duty {
  if (!ALL_DUTIES.includes(duty)) {
    throw new TrustDomainError(`\`${duty}\` is no duty; the duties are \`${ALL_DUTIES.join('`, `')}\``);
  }
  return duty;
}
