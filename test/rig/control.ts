import { faultDocs, isFaultName } from './faults.ts';
import type { FaultDetail, FaultName, Faults } from './faults.ts';
import type { Hold } from './hold.ts';
import { Refusal } from './quote.ts';
import type { RecordedRequest } from './requests.ts';

/** One switch as `GET /rig/faults` lists it. */
export interface FaultState {
  readonly name: FaultName;
  readonly doc: string;
  readonly on: 'next' | 'cleared' | 'off';
}

/**
 * The switches over HTTP, for pages and for tests in other processes:
 * `GET /rig/faults`; `POST /rig/faults` with `{"name","until":"next"|"cleared","detail"?}` or
 * `{"clear":name|true}`; `POST /rig/release` lets held streams go on. Each answers with every switch.
 */
export function control(request: RecordedRequest, faults: Faults, hold: Hold): { faults: FaultState[] } {
  switch (`${request.method} ${request.path}`) {
    case 'GET /rig/faults':
      break;
    case 'POST /rig/faults':
      change(JSON.parse(request.body), faults);
      break;
    case 'POST /rig/release':
      hold.release();
      break;
    default:
      throw new Refusal(404, `there is nothing at ${request.path}`);
  }
  const active = faults.active();
  return {
    faults: Object.entries(faultDocs).flatMap(([name, doc]) =>
      isFaultName(name) ? [{ name, doc, on: active.get(name) ?? 'off' }] : [],
    ),
  };
}

interface Order {
  readonly name?: unknown;
  readonly until?: unknown;
  readonly detail?: FaultDetail;
  readonly clear?: unknown;
}

function change(order: Order, faults: Faults): void {
  if (order.clear === true) faults.clear();
  else if (isFaultName(order.clear)) faults.clear(order.clear);
  else if (isFaultName(order.name) && order.until === 'next') faults.next(order.name, order.detail);
  else if (isFaultName(order.name) && order.until === 'cleared') faults.set(order.name, order.detail);
  else throw new Refusal(400, 'name a fault and say until: "next" or "cleared", or clear one');
}
