/** Separation is measured and visible: the report is of the whole app (APP-1), the same for the same app, and different for another. */
import { analyse } from '../../lib/report/analyse';
import { toJson } from '../../lib/report/json';
import { allow, doc, type Json, resource, role, stack } from '../model/notation';

const CONFIGURATION = {
  domains: { orders: { exposure: 'internal', owner: 'orders-team', resources: ['*/Reader', '*/Data'] } },
  duties: { read: ['*/Reader'] },
};
const trusted = (service: string): Json => ({
  AssumeRolePolicyDocument: doc({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }),
});
const READER = role([allow('s3:GetObject', 'arn:aws:s3:::orders/*')], trusted('lambda.amazonaws.com'));
const APP = { Reader: READER, Data: resource('AWS::S3::Bucket', { BucketName: 'orders' }) };

const reportOf = (resources: Json, sections?: Json) =>
  JSON.parse(
    toJson(
      analyse(
        { templates: [stack(resources, { sections })] },
        { configuration: CONFIGURATION, source: 'bulkhead.json' },
      ),
    ),
  );

test('the report of an app is the same however often, and in whichever order it is written', () => {
  const report = reportOf(APP);
  expect(report).toMatchObject({
    verdict: 'proved',
    findings: [],
    principals: [{ id: 'S/Reader', domain: 'orders', duty: 'read' }],
    statistics: { domains: 1, principals: 1, resources: 1 },
  });
  expect(reportOf(APP)).toEqual(report);
  expect(reportOf({ Data: APP.Data, Reader: READER })).toEqual(report);
});

test('and another where the app is another', () => {
  expect(reportOf({ ...APP, Second: READER })).not.toEqual(reportOf(APP));
});

test('a part of the app that nobody can see is in the report, and nothing is proved', () => {
  const report = reportOf(APP, { Transform: ['Company::Macro'] });
  expect(report).toMatchObject({ verdict: 'undecided', findings: [{ id: 'APP-1', severity: 'undecided' }] });
});
