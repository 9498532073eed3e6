/**
 * What a verdict rests on where the audit trail is not in the app: that there is one at all, and that the bucket which
 * a trail writes into is locked. A trail often stands in an account of its own, so its absence is no finding.
 */
import { show, type Text } from '../policy/text';
import type { Assumption, Domain, Resource } from './model';
import { type Resolved, toText } from './resolved';
import { sameText, splitText } from './text-key';

export function assumptionsOfTrails(domains: readonly Domain[], resources: readonly Resource[]): readonly Assumption[] {
  if (domains.length === 0) return [];
  const trails = resources.filter(({ origin }) => origin.type === 'AWS::CloudTrail::Trail');
  if (trails.length === 0) {
    return [
      {
        id: 'audit-trail',
        text: 'no template has an audit trail: that every request is recorded, and kept from those whom it records, is seen to elsewhere',
      },
    ];
  }
  const names = resources.filter(({ origin }) => origin.type === 'AWS::S3::Bucket').flatMap(nameOf);
  return trails.flatMap(({ origin, properties }): readonly Assumption[] => {
    const bucket = toText(properties.S3BucketName as Resolved);
    if (bucket === undefined || names.some((name) => sameText(name, bucket))) return [];
    return [
      {
        id: 'audit-vault',
        text: `the audit trail \`${origin.path}\` writes into the bucket \`${show(bucket)}\`, which no template has: that its records are locked there, and read by auditors alone, is not proved`,
      },
    ];
  });
}

function nameOf({ arn }: Resource): readonly Text[] {
  const name = arn === undefined ? undefined : splitText(arn, ':')?.[5];
  return name === undefined ? [] : [name];
}
