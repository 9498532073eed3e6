/** What every declaration of an exception from a rule must say, and until when it holds. */
import { TrustDomainError } from './domain-error';

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Throws unless the text says something. */
export function requireText(who: string, name: string, value: string): void {
  if (value.trim().length < 10) {
    throw new TrustDomainError(
      `${who}: \`${name}\` is \`${value}\`; say in a sentence why, so that a reviewer can agree or not`,
    );
  }
}

export function requireName(who: string, name: string, value: string): void {
  if (value.trim() === '')
    throw new TrustDomainError(`${who}: \`${name}\` is empty; name the person or team that answers for it`);
}

/** Throws unless the value is a day as `2027-01-31`. */
export function requireDay(who: string, name: string, value: string): void {
  const day = new Date(`${value}T00:00:00Z`);
  if (!DAY.test(value) || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value) {
    throw new TrustDomainError(
      `${who}: \`${name}\` is \`${value}\`; give the last day on which it holds, like \`2027-01-31\``,
    );
  }
}

/** The problem of a declaration whose last day is over; none before. */
export function expiry(who: string, expires: string): string[] {
  if (expires >= new Date().toISOString().slice(0, 10)) return [];
  return [`${who} expired on ${expires}; remove it, or have it approved anew with a later day`];
}
