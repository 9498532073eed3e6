/** The function that writes a trust store at deployment: once, with the version in its answer, and CloudFormation always hears. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { publisher, writeOnce } from '../../lib/authorizer/publish-trust-store';

const EVENT = {
  RequestType: 'Create',
  ResponseURL: 'https://cloudformation-custom-resource-response.s3.amazonaws.com/x?signature=y',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Authorities',
  ResourceProperties: { ServiceToken: 'arn', Bucket: 'trust', Key: 'authorities/1.pem', Certificates: 'PEM' },
};

/** S3 with versions and conditional writes. */
function s3(contents = new Map<string, string>(), versions = true) {
  const send = async (command: { readonly input: { Key?: string; Body?: string } }) => {
    const { Key = '', Body } = command.input;
    const held = contents.get(Key);
    const version = versions ? { VersionId: `v-${Key}` } : {};
    if (Body === undefined) return { Body: { transformToString: async () => held }, ...version };
    if (held !== undefined) {
      const $metadata = { httpStatusCode: 412 };
      throw new S3ServiceException({ name: 'PreconditionFailed', $fault: 'client', $metadata, message: 'exists' });
    }
    contents.set(Key, Body);
    return version;
  };
  return { contents, write: writeOnce({ send } as never) };
}

async function answerTo(event: unknown, write = s3().write): Promise<unknown> {
  const answers: unknown[] = [];
  await publisher(write, async (_, body) => void answers.push(JSON.parse(body)))(event);
  expect(answers).toHaveLength(1);
  return answers[0];
}

test('what the change set holds is written, and its version answered', async () => {
  const { contents, write } = s3();
  expect(await answerTo(EVENT, write)).toEqual({
    Status: 'SUCCESS',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Authorities',
    PhysicalResourceId: 'trust/authorities/1.pem',
    Data: { Version: 'v-authorities/1.pem' },
  });
  expect([...contents]).toEqual([['authorities/1.pem', 'PEM']]);
});

test('again, as after a rollback, it finds what it wrote; something else in its place fails', async () => {
  const { contents, write } = s3();
  await answerTo(EVENT, write);
  expect(await answerTo({ ...EVENT, RequestType: 'Update' }, write)).toMatchObject({ Status: 'SUCCESS' });
  contents.set('authorities/1.pem', 'other authorities');
  expect(await answerTo(EVENT, write)).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('holds something else'),
  });
  expect(contents.get('authorities/1.pem')).toBe('other authorities');
});

test('a bucket without versions, and properties that are missing, fail', async () => {
  expect(await answerTo(EVENT, s3(new Map(), false).write)).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('keeps no versions'),
  });
  expect(await answerTo({ ...EVENT, ResourceProperties: { Bucket: 'trust' } })).toMatchObject({
    Status: 'FAILED',
    Reason: 'TypeError: Key is no text',
  });
});

test('deletion leaves every version where it is', async () => {
  const { contents, write } = s3();
  await answerTo(EVENT, write);
  const gone = { ...EVENT, RequestType: 'Delete', PhysicalResourceId: 'trust/authorities/1.pem' };
  expect(await answerTo(gone, write)).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: 'trust/authorities/1.pem',
  });
  expect(contents.size).toBe(1);
});
