/**
 * The notary, live: its code out of the template, run with a session of its role between the domain's two buckets. The
 * emulator does not know `s3:if-none-match`, so the statements that ask for it are set aside while it runs; that
 * nobody else writes there, and it only once, is shown by the simulator. What is shown here is that it never overwrites.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Call, element, must, query, ROOT_USER, send } from './aws';
import type { Site } from './deploy';
import { type Row, row } from './evidence';
import { LocalFunction } from './local-function';
import { assetBucket, deploymentStackOf, REGION, uploadBucket } from './place';
import type { Change } from './transform';
import type { World } from './world';

export interface NotaryPlace {
  readonly site: Site;
  readonly world: World;
  readonly caFile: string;
  readonly folder: string;
}

const object = (method: string, bucket: string, key: string, body?: string): Call => ({
  service: 's3',
  method,
  path: `/${bucket}/${key}`,
  body,
});

/** What `withNotary` changes for the emulator. */
export const openedFor = (stack: string): Change => ({
  what: 'while the notary ran, the statements of its role and of the asset bucket did not ask for `s3:if-none-match`',
  because: 'the emulator does not know that key, and would have refused every write',
  stacks: [stack],
});

/** Tells the notary of an upload, as S3 would. */
export type Notify = (key: string, versionId: string) => Promise<void>;

/** @param stack in which the notary of the domain was deployed */
export async function withNotary<T>(
  { site, world, caFile, folder }: NotaryPlace,
  domain: string,
  stack: string,
  use: (notify: Notify) => Promise<T>,
): Promise<T> {
  const restore = await setAside(site, domain);
  const code = join(folder, `notary-${domain}`);
  mkdirSync(code, { recursive: true });
  const template = world.only(stack, 'AWS::Lambda::Function').properties;
  writeFileSync(join(code, 'index.js'), String((template.Code as { readonly ZipFile: string }).ZipFile));
  const name = `bulkhead-${domain}-notary`;
  const notary = await LocalFunction.of(site, caFile, join(folder, 'functions'), name, `${name}-${REGION}`, code);
  try {
    return await use(async (key, versionId) => {
      const s3 = { bucket: { name: uploadBucket(domain) }, object: { key, versionId } };
      const answer = await notary.invoke({ Records: [{ s3 }] });
      if (answer?.errorMessage !== undefined) throw new Error(`the notary failed: ${JSON.stringify(answer)}`);
    });
  } finally {
    notary.stop();
    await restore();
  }
}

const DOMAIN = 'partner';
const KEY = 'e2e/notary.txt';

/** @param changes to which it is added what was changed for the emulator */
export async function notaryAttacks(place: NotaryPlace, changes: Change[]): Promise<readonly Row[]> {
  changes.push(openedFor(deploymentStackOf(DOMAIN)));
  const { endpoint, sessions } = place.site;
  const [uploads, assets] = [uploadBucket(DOMAIN), assetBucket(DOMAIN)];
  return withNotary(place, DOMAIN, deploymentStackOf(DOMAIN), async (notify) => {
    const deploy = await sessions.duty(DOMAIN, 'deploy');
    const sealed = async (content: string): Promise<string> => {
      const { headers } = await must(endpoint, deploy, object('PUT', uploads, KEY, content));
      await notify(KEY, String(headers['x-amz-version-id']));
      return (await must(endpoint, ROOT_USER, object('GET', assets, KEY))).body;
    };
    const [first, second] = [await sealed('reviewed'), await sealed('swapped')];
    const direct = await send(endpoint, deploy, object('PUT', assets, KEY, 'swapped'));
    const kept = second === 'reviewed' && direct.status === 403;
    return [
      row('S1', '`deploy` uploads other content under a key that is sealed, and writes past the notary', 'live', {
        expected: 'the first content stays',
        observed: kept ? 'the first content stays' : `${second}, ${direct.status}`,
        twin: { what: 'the first upload is sealed', holds: first === 'reviewed' },
      }),
    ];
  });
}

type Statement = { Condition?: { Null?: Record<string, unknown> } };

/** The policies of bucket and role without what asks for `s3:if-none-match`; and how to put them back. */
async function setAside({ endpoint }: Site, domain: string): Promise<() => Promise<void>> {
  const assets = assetBucket(domain);
  const bucket = (method: string, body?: string): Call => ({ service: 's3', method, path: `/${assets}?policy`, body });
  const before = (await must(endpoint, ROOT_USER, bucket('GET'))).body;
  const document = JSON.parse(before) as { Statement: Statement[] };
  const asks = ({ Condition }: Statement) => Condition?.Null?.['s3:if-none-match'] !== undefined;
  if (!document.Statement.some(asks))
    throw new Error(`the policy of \`${assets}\` does not ask for \`s3:if-none-match\``);
  const without = { ...document, Statement: document.Statement.filter((s) => !asks(s)) };
  await must(endpoint, ROOT_USER, bucket('PUT', JSON.stringify(without)));

  const role = { RoleName: `bulkhead-${domain}-notary-${REGION}`, PolicyName: 'Seal' };
  const { body } = await must(endpoint, ROOT_USER, query('iam', 'GetRolePolicy', role));
  const own = decodeURIComponent(element(body, 'PolicyDocument') ?? '');
  const policy = JSON.parse(own) as { Statement: Statement[] };
  const open = { ...policy, Statement: policy.Statement.map((s) => (asks(s) ? { ...s, Condition: undefined } : s)) };
  const put = (PolicyDocument: string) =>
    must(endpoint, ROOT_USER, query('iam', 'PutRolePolicy', { ...role, PolicyDocument }));
  await put(JSON.stringify(open));
  return async () => {
    await must(endpoint, ROOT_USER, bucket('PUT', before));
    await put(own);
  };
}
