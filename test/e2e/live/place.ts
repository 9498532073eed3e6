/** Where everything of a run lies: the account and region of the reference app, and folders that a run makes anew. */
import { join } from 'node:path';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
/** The name of every session that the run begins. */
export const SESSION = 'e2e';
export const ROOT = join(__dirname, '..', '..', '..');
/** What is installed once and kept between runs: the emulators. Ignored by git. */
export const INSTALLED = process.env.BULKHEAD_E2E_CACHE ?? join(ROOT, '.cache', 'e2e');
export const DOMAINS = ['internal', 'partner', 'public'] as const;
export type DomainName = (typeof DOMAINS)[number];

export const stackOf = (domain: string): string => `${domain[0]?.toUpperCase()}${domain.slice(1)}Domain`;
export const deploymentStackOf = (domain: string): string => `${stackOf(domain)}Deployment`;

export const dutyRole = (domain: string, duty: string): string => `bulkhead-${domain}-${duty}-${REGION}`;
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
/** Of the people who may take on a duty, as `cdk.json` names them. */
export const teamRole = (domain: string, duty: string): string => `${domain}-${duty}`;
export const uploadBucket = (domain: string): string => `bulkhead-${domain}-uploads-${ACCOUNT}-${REGION}`;
export const assetBucket = (domain: string): string => `bulkhead-${domain}-assets-${ACCOUNT}-${REGION}`;
