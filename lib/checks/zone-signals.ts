/**
 * What must be watched of a zone of a shared gateway, and by which alarms it is (DOM-13). Metrics of API Gateway are the
 * whole gateway's, so a zone is watched by filters of the gateway's access log that count the zone's records and nobody
 * else's, and by what AWS WAF counts for the zone's rules. How long answers take, the gateway's own alarm tells.
 */
import type { Model, Resource } from '../model/model';
import { type Answer, all, any, same } from './answers';
import { listed, member } from './settings';
import { sharedGateways } from './shared-gateways';
import { countsIn, isOfWebAcl, ofRule, type Signal } from './signals';
import { refersTo } from './zone-rules';

export function zoneSignals(zone: { readonly api: string; readonly path: string }, model: Model): readonly Signal[] {
  const gateway = sharedGateways(model).find(({ api }) => api.id === zone.api);
  const ofStatus = (status: string, ...but: readonly string[]) => counted(status, but, zone.path);
  const refused = ['401', '403'].map((status) => ofStatus(status, '200', '400'));
  return [
    { name: 'answers with 4xx', isIn: ofStatus('400', '200') },
    { name: 'answers with 5xx', isIn: ofStatus('500', '200') },
    { name: 'throttled requests', isIn: ofStatus('429', '200', '400') },
    { name: 'requests that the web ACL blocks', isIn: blocked(gateway?.ruleGroups ?? []) },
    { name: 'refused callers', isIn: (metric, at) => all(refused.map((isIn) => isIn(metric, at))) },
    { name: 'denied uses of the key', isIn: ofRule },
    { name: 'unusual numbers of requests', isIn: ofStatus('200'), unusual: true },
  ];
}

/** Counts the zone's record with that status, and neither that of a path beside it nor those with other statuses: an alarm on all calls tells of none. */
function counted(status: string, but: readonly string[], path: string): Signal['isIn'] {
  const record = (resourcePath: string, of = status) =>
    countsIn({ '$context.status': of, '$context.resourcePath': resourcePath });
  const wanted = [record(`${path}/{proxy+}`), record(`${path}/orders/{id}`)];
  const others = [record(`${path}-beside/orders`), ...but.map((other) => record(`${path}/{proxy+}`, other))];
  return (metric, at) => {
    const counts = all(wanted.map((isIn) => isIn(metric, at)));
    return counts === true ? not(any(others.map((isIn) => isIn(metric, at)))) : counts;
  };
}

function not(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer;
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html */
function blocked(groups: readonly Resource[]): Signal['isIn'] {
  return ({ namespace, name, dimensions }, { own, webAcls }) => {
    const published = all([same(name, 'BlockedRequests'), same(namespace, 'AWS/WAFV2')]);
    if (published === false) return false;
    const ofRules = ({ properties }: Resource): Answer =>
      any(
        listed(properties.Rules)
          .filter((rule) => groups.some((group) => group.domain === own.domain && refersTo(rule, group)))
          .map((rule) => same(dimensions.get('Rule'), member(rule, 'VisibilityConfig', 'MetricName'))),
      );
    return all([published, any(webAcls.map((acl) => all([isOfWebAcl(dimensions, acl), ofRules(acl)])))]);
  };
}
