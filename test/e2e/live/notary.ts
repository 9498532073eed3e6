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
import type { World } from './world';

interface Place {
  readonly site: Site;
  readonly world: World;
  readonly caFile: string;
  readonly folder: string;
}

const DOMAIN = 'partner';
const KEY = 'e2e/notary.txt';

const object = (method: string, bucket: string, key: string, body?: string): Call => ({
  service: 's3',
  method,
  path: `/${bucket}/${key}`,
  body,
});

export async function notaryAttacks(place: Place): Promise<readonly Row[]> {
  const { site, world, caFile, folder } = place;
  const { endpoint, sessions } = site;
  const [uploads, assets] = [uploadBucket(DOMAIN), assetBucket(DOMAIN)];
  const restore = await setAside(site, assets);
  const code = join(folder, 'notary');
  mkdirSync(code, { recursive: true });
  const template = world.only(deploymentStackOf(DOMAIN), 'AWS::Lambda::Function').properties;
  writeFileSync(join(code, 'index.js'), String((template.Code as { readonly ZipFile: string }).ZipFile));
  const name = `bulkhead-${DOMAIN}-notary`;
  const notary = await LocalFunction.of(site, caFile, join(folder, 'functions'), name, `${name}-${REGION}`, code);
  try {
    const deploy = await sessions.duty(DOMAIN, 'deploy');
    const sealed = async (content: string): Promise<string> => {
      const { headers } = await must(endpoint, deploy, object('PUT', uploads, KEY, content));
      const versionId = String(headers['x-amz-version-id']);
      const answer = await notary.invoke({
        Records: [{ s3: { bucket: { name: uploads }, object: { key: KEY, versionId } } }],
      });
      if (answer?.errorMessage !== undefined) throw new Error(`the notary failed: ${JSON.stringify(answer)}`);
      return (await must(endpoint, ROOT_USER, object('GET', assets, KEY))).body;
    };
    const [first, second] = [await sealed('reviewed'), await sealed('swapped')];
    const direct = await send(endpoint, deploy, object('PUT', assets, KEY, 'swapped'));
    return [
      row('S1', '`deploy` uploads other content under a key that is sealed, and writes past the notary', 'live', {
        expected: 'the first content stays',
        observed:
          second === 'reviewed' && direct.status === 403 ? 'the first content stays' : `${second}, ${direct.status}`,
        twin: { what: 'the first upload is sealed', holds: first === 'reviewed' },
      }),
    ];
  } finally {
    notary.stop();
    await restore();
  }
}

type Statement = { Condition?: { Null?: Record<string, unknown> } };

/** The policies of bucket and role without what asks for `s3:if-none-match`; and how to put them back. */
async function setAside({ endpoint }: Site, assets: string): Promise<() => Promise<void>> {
  const bucket = (method: string, body?: string): Call => ({ service: 's3', method, path: `/${assets}?policy`, body });
  const before = (await must(endpoint, ROOT_USER, bucket('GET'))).body;
  const document = JSON.parse(before) as { Statement: Statement[] };
  const asks = ({ Condition }: Statement) => Condition?.Null?.['s3:if-none-match'] !== undefined;
  if (!document.Statement.some(asks))
    throw new Error(`the policy of \`${assets}\` does not ask for \`s3:if-none-match\``);
  const without = { ...document, Statement: document.Statement.filter((s) => !asks(s)) };
  await must(endpoint, ROOT_USER, bucket('PUT', JSON.stringify(without)));

  const role = { RoleName: `bulkhead-${DOMAIN}-notary-${REGION}`, PolicyName: 'Seal' };
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
