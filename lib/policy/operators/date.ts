/**
 * The date operators: W3C profiles of ISO 8601, or seconds since 1970.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
 * https://www.w3.org/TR/NOTE-datetime
 *
 * Decided where AWS is silent: four digits alone are a year (the profile's shortest form), any
 * other number is an epoch in seconds; a time without zone is UTC; a date is its first instant; a
 * text that is no date compares with nothing.
 */
import type { LiteralOperator } from './operator';

const ISO = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;
const EPOCH = /^-?\d+(\.\d+)?$/;

/** Milliseconds since 1970; undefined when the text is no date. */
export function readDate(text: string): number | undefined {
  const iso = ISO.exec(text);
  if (iso === null) return EPOCH.test(text) ? Number(text) * 1000 : undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = iso;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const midnight = new Date(0);
  midnight.setUTCFullYear(fields[0], fields[1] - 1, fields[2]);
  // Date rolls 31 February over into March: such a text is no date.
  const inRange = midnight.getUTCMonth() === fields[1] - 1 && midnight.getUTCDate() === fields[2] && fields[1] >= 1;
  const clock = fields[3] <= 24 && fields[4] < 60 && fields[5] < 60;
  if (!inRange || !clock) return undefined;
  const seconds = (fields[3] * 60 + fields[4]) * 60 + fields[5];
  return midnight.getTime() + seconds * 1000 + (fraction === '' ? 0 : Number(`0.${fraction}`) * 1000) - offsetOf(zone);
}

/** Milliseconds that the zone is ahead of UTC. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function compare(negated: boolean, holds: (value: number, operand: number) => boolean): LiteralOperator {
  return {
    reads: 'literal',
    variables: false,
    negated,
    matches: (value, operand) => {
      const left = readDate(value);
      const right = readDate(operand);
      return left !== undefined && right !== undefined && holds(left, right);
    },
  };
}

export const DATE_OPERATORS = {
  DateEquals: compare(false, (value, operand) => value === operand),
  DateNotEquals: compare(true, (value, operand) => value === operand),
  DateLessThan: compare(false, (value, operand) => value < operand),
  DateLessThanEquals: compare(false, (value, operand) => value <= operand),
  DateGreaterThan: compare(false, (value, operand) => value > operand),
  DateGreaterThanEquals: compare(false, (value, operand) => value >= operand),
} as const;
