/** Event patterns of EventBridge, on one event. */
import { seesEvent } from '../../lib/checks/event-pattern';
import { textKey } from '../../lib/model/text-key';
import { type Hole, text } from '../../lib/policy/text';

const ID: Hole = { hole: 'Orders/Key#id', type: 'segment', label: 'the key' };
const KEY = text('arn:aws:kms:eu-central-1:111122223333:key/', ID);
const EVENT = {
  source: 'aws.kms',
  detail: { errorCode: 'AccessDenied', errorMessage: `no: ${textKey(KEY)} denied`, resources: [{ ARN: textKey(KEY) }] },
};

test.each<[string, unknown, boolean]>([
  ['a value', { source: ['aws.kms'] }, true],
  ['one of two values', { source: ['aws.s3', 'aws.kms'] }, true],
  ['another value', { source: ['aws.s3'] }, false],
  ['a member that the event lacks', { account: ['1'] }, false],
  ['the absence of a member', { account: [{ exists: false }] }, true],
  ['the presence of a member', { source: [{ exists: true }] }, true],
  ['a prefix', { detail: { errorCode: [{ prefix: 'AccessDenied' }] } }, true],
  ['another prefix', { detail: { errorCode: [{ prefix: 'Throttl' }] } }, false],
  ['a suffix', { detail: { errorCode: [{ suffix: 'Denied' }] } }, true],
  ['a resource among several', { detail: { resources: { ARN: [KEY] } } }, true],
  ['a message about the key', { detail: { errorMessage: [{ wildcard: text('*', KEY, '*') }] } }, true],
  ['one of two ways', { detail: { $or: [{ errorCode: ['x'] }, { resources: { ARN: [KEY] } }] } }, true],
  ['neither of two ways', { detail: { $or: [{ errorCode: ['x'] }, { errorCode: ['y'] }] } }, false],
  ['two members, one of which differs', { source: ['aws.kms'], detail: { errorCode: ['x'] } }, false],
])('%s', (_, pattern, sees) => {
  expect(seesEvent(pattern, EVENT)).toBe(sees);
});

test.each<[string, unknown]>([
  ['what only the deployment knows', { source: [text({ hole: 'p', type: 'any', label: 'a parameter' })] }],
  [
    'another key, which may be the same',
    { detail: { resources: { ARN: ['arn:aws:kms:eu-central-1:111122223333:key/1'] } } },
  ],
  ['an operator that is not known here', { source: [{ 'anything-but': ['aws.s3'] }] }],
  ['numbers', { source: [{ numeric: ['>', 1] }] }],
  ['no pattern', 'aws.kms'],
])('%s is not decided', (_, pattern) => {
  expect(seesEvent(pattern, EVENT)).toBeUndefined();
});
