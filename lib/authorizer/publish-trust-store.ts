/**
 * Lambda entry, called by CloudFormation: writes the certificates that a change set holds into the
 * domain's bucket, and says under which version, which API Gateway and the authorizer then name.
 *
 * So the trust store changes by a change set that somebody approved, and by nothing else.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html
 */
import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { isObject, type Json } from './json';

/** @returns the version that was written */
export type Write = (bucket: string, key: string, body: string) => Promise<string>;
export type Respond = (url: string, body: string) => Promise<void>;

export function publisher(write: Write, respond: Respond): (event: unknown) => Promise<void> {
  return async (event) => {
    if (!isObject(event)) throw new TypeError('the event is no object');
    const text = (name: string, from: Json = event) => {
      const value = from[name];
      if (typeof value !== 'string' || value === '') throw new TypeError(`${name} is no text`);
      return value;
    };
    const known = {
      StackId: text('StackId'),
      RequestId: text('RequestId'),
      LogicalResourceId: text('LogicalResourceId'),
    };
    const outcome = await publish(event, text, write).then(
      (done) => ({ Status: 'SUCCESS', ...done }),
      (error: unknown) => ({
        Status: 'FAILED',
        PhysicalResourceId: typeof event.PhysicalResourceId === 'string' ? event.PhysicalResourceId : 'none',
        Reason: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
      }),
    );
    await respond(text('ResponseURL'), JSON.stringify({ ...known, ...outcome }));
  };
}

interface Published {
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly Version: string };
}

async function publish(event: Json, text: (name: string, from?: Json) => string, write: Write): Promise<Published> {
  // Versions are kept: the bucket decides for how long, and outlives its stack.
  if (event.RequestType === 'Delete') return { PhysicalResourceId: text('PhysicalResourceId') };
  const properties = isObject(event.ResourceProperties) ? event.ResourceProperties : {};
  const [bucket, key] = [text('Bucket', properties), text('Key', properties)];
  const version = await write(bucket, key, text('Certificates', properties));
  return { PhysicalResourceId: `${bucket}/${key}`, Data: { Version: version } };
}

/**
 * Once: the key holds the hash of the certificates, so what is there already must be the same.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function writeOnce(client: Pick<S3Client, 'send'>): Write {
  return async (Bucket, Key, body) => {
    const put = new PutObjectCommand({
      Bucket,
      Key,
      Body: body,
      ContentType: 'application/x-pem-file',
      IfNoneMatch: '*',
    });
    const written = await client.send(put).catch((error: unknown) => {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return undefined;
      throw error;
    });
    const found = written ?? (await client.send(new GetObjectCommand({ Bucket, Key })));
    if ('Body' in found && (await found.Body?.transformToString()) !== body) {
      throw new Error(`${Bucket}/${Key} holds something else already`);
    }
    if (found.VersionId === undefined) throw new Error(`the bucket ${Bucket} keeps no versions`);
    return found.VersionId;
  };
}

export const handler = publisher(writeOnce(new S3Client({})), async (url, body) => {
  // CloudFormation signed the address for an empty type.
  const { ok, status } = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!ok) throw new Error(`CloudFormation did not take the answer: ${status}`);
});
