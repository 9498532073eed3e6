/**
 * Jobs of GitHub and GitLab as assumers: one repository and one environment (or branch), written out in full.
 *
 * The provider signs who a job is into the token's `sub`; a trust policy that leaves it out, or ends it in a
 * wildcard, admits every job of every repository
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html).
 */
import { TrustDomainError } from './domain-error';

/** A job of GitHub Actions. */
export interface GitHubJob {
  /** ARN of the account's OIDC provider for `token.actions.githubusercontent.com`. */
  readonly providerArn: string;

  /** `organization/repository`. */
  readonly repository: string;

  /** The repository's environment: its protection rules decide which branches deploy to it, and who must agree. */
  readonly environment: string;
}

/** A job of GitLab CI. Give either `environment` or `branch`. */
export interface GitLabJob {
  /** ARN of the account's OIDC provider for the GitLab instance. */
  readonly providerArn: string;

  /** `group/project`, subgroups included. */
  readonly project: string;

  /**
   * The project's environment. The project must put it into `sub`: set its `ci_id_token_sub_claim_components` to `["project_path", "environment"]`.
   * @default - none; `branch` says which jobs
   */
  readonly environment?: string;

  /**
   * The project's branch, which should be protected.
   * @default - none; `environment` says which jobs
   */
  readonly branch?: string;

  /**
   * The audience that the job asks its token for (`aud` under `id_tokens`).
   * @default - `https://` and the host of the provider
   */
  readonly audience?: string;
}

/** Who a token speaks for, as a trust policy says it. */
export interface OidcIdentity {
  readonly providerArn: string;
  /** Condition of equality: the audience and the subject. */
  readonly claims: { readonly [key: string]: string };
  /** For messages, and to tell two jobs apart. */
  readonly subject: string;
}

const PROVIDER = /^arn:aws(-[a-z]+)*:iam::\d{12}:oidc-provider\/([a-z0-9.-]+(?:\/[\w.-]+)*)$/;
const GITHUB = 'token.actions.githubusercontent.com';

export function gitHubIdentity({ providerArn, repository, environment }: GitHubJob): OidcIdentity {
  const host = hostOf(providerArn);
  if (host !== GITHUB) {
    throw new TrustDomainError(
      `assumer \`${providerArn}\`: not GitHub's provider; give the ARN that ends in \`oidc-provider/${GITHUB}\``,
    );
  }
  requireExact('repository', repository, /^[\w.-]+\/[\w.-]+$/, 'organization/repository');
  requireExact('environment', environment, /^[^:*?$\s]+$/, 'production');
  const subject = `repo:${repository}:environment:${environment}`;
  return {
    providerArn,
    subject,
    claims: { [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:sub`]: subject },
  };
}

export function gitLabIdentity({ providerArn, project, environment, branch, audience }: GitLabJob): OidcIdentity {
  const host = hostOf(providerArn);
  requireExact('project', project, /^[\w.-]+(\/[\w.-]+)+$/, 'group/project');
  if ((environment === undefined) === (branch === undefined)) {
    throw new TrustDomainError(
      `assumer \`${project}\` of GitLab: give exactly one of \`environment\` and \`branch\`, so that it is one set of jobs`,
    );
  }
  if (environment !== undefined) requireExact('environment', environment, /^[^:*?$\s]+$/, 'production');
  if (branch !== undefined) requireExact('branch', branch, /^[^:*?$\s]+$/, 'main');
  const place = environment === undefined ? `ref_type:branch:ref:${branch}` : `environment:${environment}`;
  const subject = `project_path:${project}:${place}`;
  return {
    providerArn,
    subject,
    claims: { [`${host}:aud`]: audience ?? `https://${host.split('/')[0]}`, [`${host}:sub`]: subject },
  };
}

/** The provider's address without its scheme: the prefix of its condition keys. */
function hostOf(providerArn: string): string {
  const host = PROVIDER.exec(providerArn)?.[2];
  if (host === undefined) {
    throw new TrustDomainError(
      `assumer \`${providerArn}\`: not the ARN of an OIDC provider; give one like \`arn:aws:iam::111122223333:oidc-provider/${GITHUB}\``,
    );
  }
  return host;
}

function requireExact(name: string, value: string, pattern: RegExp, like: string): void {
  if (!pattern.test(value)) {
    throw new TrustDomainError(
      `assumer by OIDC: the ${name} \`${value}\` must be written out, without wildcards, variables or \`:\`, like \`${like}\``,
    );
  }
}
