/** The S3 bucket that holds a domain's trust store and revocation lists. */
import { GetObjectCommand, NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Files } from './revocation';

export function bucket(name: string, client = new S3Client({ maxAttempts: 2 })): Files {
  return {
    async newest(key, knownTag) {
      try {
        const { Body, ETag } = await client.send(
          new GetObjectCommand({
            Bucket: name,
            Key: key,
            ...(knownTag === undefined ? {} : { IfNoneMatch: knownTag }),
          }),
        );
        if (Body === undefined || ETag === undefined) throw new Error('S3 answered without a body');
        return { body: Buffer.from(await Body.transformToByteArray()), tag: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 304) return 'unchanged';
        throw error;
      }
    },
    async version(key, version) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key, VersionId: version }));
      if (Body === undefined) throw new Error('S3 answered without a body');
      return Buffer.from(await Body.transformToByteArray());
    },
  };
}
