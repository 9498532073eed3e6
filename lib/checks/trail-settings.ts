/**
 * What a trail, its bucket and its key say of themselves: is it recording, signed and encrypted; is every record
 * locked in compliance mode; is the key in use. Of a vault of the constructs more is demanded: all of its parts,
 * every region, and every management event.
 *
 * Governance mode is no lock: whoever has `s3:BypassGovernanceRetention` lifts it
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html).
 */
import type { Model, Resource } from '../model/model';
import { isText } from '../policy/text';
import { type AuditTrails, isVaults, TRAIL } from './audit-trails';

export interface Fault {
  readonly at: Resource;
  readonly what: string;
  readonly fix: string;
  readonly undecided: boolean;
}

export function faultsOf(trails: AuditTrails, model: Model): readonly Fault[] {
  return [
    ...trails.trails.flatMap(ofTrail),
    ...trails.buckets.flatMap(ofBucket),
    ...trails.keys.flatMap(ofKey),
    ...missingParts(model),
  ];
}

/** CloudTrail's own event history has as many days. */
const SHORTEST_DAYS = 90;
const DAYS_OF_A_YEAR = 365;

function ofTrail(trail: Resource): readonly Fault[] {
  const { properties } = trail;
  return [
    ...isOn(trail, 'IsLogging', 'records nothing', 'set `IsLogging` to true'),
    ...isOn(
      trail,
      'EnableLogFileValidation',
      'does not sign what it records, so that a changed record looks like any other',
      'set `EnableLogFileValidation` to true',
    ),
    ...(properties.KMSKeyId === undefined
      ? [fault(trail, 'is encrypted with no key of its own', 'name a key in `KMSKeyId`')]
      : []),
    ...(isFalse(properties.IncludeGlobalServiceEvents)
      ? [fault(trail, 'leaves out IAM and STS', 'set `IncludeGlobalServiceEvents` to true')]
      : []),
    ...(isVaults(trail)
      ? [
          ...isOn(trail, 'IsMultiRegionTrail', 'records one region alone', 'set `IsMultiRegionTrail` to true'),
          ...allManagementEvents(trail),
        ]
      : []),
  ];
}

function allManagementEvents(trail: Resource): readonly Fault[] {
  const selectors = trail.properties.AdvancedEventSelectors;
  const fix = 'leave the selector `eventCategory` = `Management` without any other field';
  if (isUnknown(selectors)) return [fault(trail, 'records what only the deployment knows', fix, true)];
  const all = listOf(selectors).some((selector) => {
    const fields = listOf(memberOf(selector, 'FieldSelectors'));
    return (
      fields.length === 1 &&
      memberOf(fields[0], 'Field') === 'eventCategory' &&
      listOf(memberOf(fields[0], 'Equals')).includes('Management')
    );
  });
  return all ? [] : [fault(trail, 'does not record every management event', fix)];
}

function ofBucket(bucket: Resource): readonly Fault[] {
  const { ObjectLockConfiguration: lock } = bucket.properties;
  const enabled = isOn(
    bucket,
    'ObjectLockEnabled',
    'locks no object',
    'set `ObjectLockEnabled` to true, when it is created',
  );
  if (enabled.length > 0) return enabled;
  const fix = `set \`ObjectLockConfiguration.Rule.DefaultRetention\` to the mode \`COMPLIANCE\` and ${SHORTEST_DAYS} days at least`;
  const retention = memberOf(memberOf(lock, 'Rule'), 'DefaultRetention');
  if ([lock, memberOf(lock, 'Rule'), retention].some(isUnknown))
    return [fault(bucket, 'locks its objects in a way that only the deployment knows', fix, true)];
  if (retention === undefined)
    return [fault(bucket, 'locks an object only if whoever writes it says so, and CloudTrail does not', fix)];
  const mode = memberOf(retention, 'Mode');
  if (isUnknown(mode)) return [fault(bucket, 'locks its objects in a mode that only the deployment knows', fix, true)];
  const faults =
    mode === 'COMPLIANCE'
      ? []
      : [fault(bucket, `locks its objects in the mode \`${String(mode)}\`, which can be bypassed`, fix)];
  const [days, years] = [memberOf(retention, 'Days'), memberOf(retention, 'Years')];
  if (isUnknown(days) || isUnknown(years))
    return [...faults, fault(bucket, 'locks its objects for a time that only the deployment knows', fix, true)];
  const locked = Number(days ?? 0) + Number(years ?? 0) * DAYS_OF_A_YEAR;
  return locked >= SHORTEST_DAYS
    ? faults
    : [...faults, fault(bucket, `locks its objects for ${locked} days alone`, fix)];
}

function ofKey(key: Resource): readonly Fault[] {
  return isFalse(key.properties.Enabled)
    ? [fault(key, 'is disabled, so that nothing is recorded with it, and no record can be read', 'leave out `Enabled`')]
    : [];
}

const PARTS: readonly (readonly [part: string, what: string])[] = [
  ['audit-bucket', 'bucket'],
  ['audit-bucket-policy', 'policy of its bucket'],
  ['audit-key', 'key'],
  ['audit-trail', 'trail of its own account'],
];

/** A part that is gone, or has lost its mark, was not made away with: it is judged by nobody. */
function missingParts({ resources }: Model): readonly Fault[] {
  // A vault stands in one stack; trails of other accounts, in others, are no part of it.
  const vaults = new Map<string, Resource[]>();
  for (const resource of resources.filter(isVaults)) {
    const place = `${resource.vault} ${resource.origin.stack}`;
    vaults.set(place, [...(vaults.get(place) ?? []), resource]);
  }
  return [...vaults.values()].flatMap((parts) => {
    const first = parts.find(({ origin }) => origin.type !== TRAIL);
    if (first === undefined) return [];
    const held = new Set(parts.map(({ part }) => part));
    return PARTS.filter(([part]) => !held.has(part)).map(([, what]) =>
      fault(
        first,
        `belongs to the audit vault \`${first.vault}\`, which has no ${what}`,
        'leave the vault as it was made, with its marks',
      ),
    );
  });
}

function isOn(at: Resource, property: string, what: string, fix: string): readonly Fault[] {
  const value = at.properties[property];
  if (value === true || value === 'true') return [];
  return [
    isUnknown(value)
      ? fault(at, `perhaps ${what}: \`${property}\` is known to the deployment alone`, fix, true)
      : fault(at, what, fix),
  ];
}

function fault(at: Resource, what: string, fix: string, undecided = false): Fault {
  return { at, what, fix, undecided };
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

function isUnknown(value: unknown): boolean {
  return isText(value);
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || isText(value)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
