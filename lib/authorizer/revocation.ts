/**
 * Has an authority withdrawn a certificate? API Gateway does not ask
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html), so the
 * authorizer does, by the authorities' revocation lists (RFC 5280, 6.3).
 *
 * No list, no entry: a certificate whose authority has published no list that holds now is denied. A
 * list counts only with its authority's own signature, so whoever may write the bucket cannot
 * forge one; within its time an older one does not replace a newer one that this instance has seen.
 */
import { type Clock, SKEW } from './clock';
import { Denial } from './denial';
import type { Path } from './trust-store';
import { CAN_SIGN_LISTS, type Certificate, isSignedBy, parseRevocationList, type RevocationList } from './x509';

/** Files by key. */
export interface Files {
  /** `unchanged` iff the newest version is the one with this tag; `undefined` iff there is none. */
  newest(key: string, knownTag?: string): Promise<File | 'unchanged' | undefined>;
  version(key: string, version: string): Promise<Buffer>;
}

export interface File {
  readonly body: Buffer;
  readonly tag: string;
}

interface Held {
  readonly list?: RevocationList;
  readonly tag?: string;
  readonly at: number;
}

export class Revocation {
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly files: Files,
    private readonly keys: readonly string[],
    /** Seconds. */
    private readonly refresh: number,
    private readonly clock: Clock,
  ) {}

  /** Throws unless every certificate below the last of the path stands on no list of the one above it. */
  public async check(path: Path): Promise<void> {
    const lists = await Promise.all(this.keys.map((key) => this.list(key)));
    const known = lists.filter((list) => list !== undefined);
    path.forEach((certificate, i) => {
      const authority = path[i + 1];
      if (authority === undefined) return;
      const list = this.listOf(authority, known);
      if (list.serials.has(certificate.serial)) {
        throw new Denial('certificate-revoked', i === 0 ? 'client' : 'authority');
      }
    });
  }

  private listOf(authority: Certificate, lists: readonly RevocationList[]): RevocationList {
    const named = lists.filter(({ issuer }) => issuer === authority.subject);
    if (named.length === 0) throw new Denial('revocation-list-missing');
    const mayList = authority.keyUsage === undefined || (authority.keyUsage & CAN_SIGN_LISTS) !== 0;
    const list = named.find((candidate) => mayList && isSignedBy(candidate, authority));
    if (list === undefined) throw new Denial('revocation-list-signature');
    if (list.unsupported) throw new Denial('revocation-list-unsupported');
    const now = this.clock();
    if (list.thisUpdate - SKEW > now) throw new Denial('revocation-list-not-yet-valid');
    // RFC 5280, 5.1.2.5 demands `nextUpdate`; without it nobody could tell that a list is old.
    if (list.nextUpdate === undefined || list.nextUpdate <= now) throw new Denial('revocation-list-expired');
    return list;
  }

  private async list(key: string): Promise<RevocationList | undefined> {
    const now = this.clock();
    const held = this.held.get(key);
    if (held !== undefined && now - held.at < this.refresh) return held.list;
    const file = await this.files.newest(key, held?.tag);
    const next = file === 'unchanged' ? { ...held, at: now } : this.replaced(held, file, now);
    this.held.set(key, next);
    return next.list;
  }

  private replaced(held: Held | undefined, file: File | undefined, at: number): Held {
    if (file === undefined) return { at };
    const list = parsed(file.body);
    const older =
      held?.list !== undefined && list.issuer === held.list.issuer && list.thisUpdate < held.list.thisUpdate;
    return { list: older ? held.list : list, tag: file.tag, at };
  }
}

function parsed(body: Buffer): RevocationList {
  try {
    return parseRevocationList(body);
  } catch {
    throw new Denial('revocation-list-malformed');
  }
}
