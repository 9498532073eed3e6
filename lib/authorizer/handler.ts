/**
 * The frame of every authorizer: parse, check, decide, log one line, answer.
 *
 * Whatever goes wrong denies. A caller that is not authenticated gets 401 (API Gateway makes that of
 * an error whose message is exactly `Unauthorized`), one that may not gets 403, and a fault of ours
 * gets 500; none of them learns why. The log line holds a reason of a closed list and facts that
 * were verified, no token, no proof, no header and no message of a library, which may quote them.
 */
import { CONFIGURATION_VARIABLE, type Configuration, readConfiguration } from './configuration';
import { type Answer, admit, type Caller, refuse } from './decision';
import { Denial } from './denial';
import { type AuthorizerRequest, parseRequest } from './request';

/** Throws a `Denial`, or any error for a fault of ours. */
export type Authenticate = (request: AuthorizerRequest) => Promise<Caller>;

export type Handler = (event: unknown) => Promise<Answer>;

/** One JSON line a decision. */
export type Log = (line: string) => void;

export function handlerOf(configuration: Configuration, authenticate: Authenticate, log: Log = console.log): Handler {
  const write = (entry: Readonly<Record<string, unknown>>) =>
    log(JSON.stringify({ authorizer: configuration.domain, ...entry }));
  return async (event) => {
    let request: AuthorizerRequest | undefined;
    try {
      request = parseRequest(event);
      const caller = await authenticate(request);
      const answer = admit(request, caller, configuration);
      write({ decision: 'allow', ...about(request), principal: caller.principalId, ...caller.context });
      return answer;
    } catch (error) {
      if (!(error instanceof Denial) || request === undefined) {
        write({ decision: 'error', ...about(request), error: error instanceof Error ? error.name : 'unknown' });
        throw new Error('the authorizer failed');
      }
      const { reason, kind, about: detail, challenge } = error;
      write({ decision: 'deny', ...about(request), reason, ...(detail === undefined ? {} : { detail }) });
      if (kind === 'authentication' && challenge === undefined) throw new Error('Unauthorized');
      return refuse(request, error);
    }
  };
}

/** For an entry point: read once, when the function starts. Without a configuration it answers nothing. */
export function start(make: (configuration: Configuration) => Authenticate): Handler {
  const written = process.env[CONFIGURATION_VARIABLE];
  if (written === undefined) return () => Promise.reject(new Error(`the environment has no ${CONFIGURATION_VARIABLE}`));
  const configuration = readConfiguration(written);
  return handlerOf(configuration, make(configuration));
}

/** The route as it was declared, not the path as it was called, which the caller chose. */
function about(request: AuthorizerRequest | undefined): Readonly<Record<string, string>> {
  return request === undefined ? {} : { requestId: request.requestId, method: request.method, route: request.resource };
}
