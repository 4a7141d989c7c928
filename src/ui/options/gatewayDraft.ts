import type { GatewayKind } from '../../core/gateways.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Json } from '../../core/json.ts';
import { readBaseUrl } from '../../core/serverUrl.ts';
import type { UrlProblem } from '../../core/serverUrl.ts';
import type { GatewayDraft, GatewayView } from '../../protocol/options.ts';

/** A gateway as it stands in its form. */
export interface TypedGateway {
  readonly name: string;
  readonly kind: GatewayKind;
  readonly baseUrl: string;
  readonly defaultModel: string;
  readonly maxTokens: string;
  readonly extraBody: string;
}

/** What is wrong with each field. */
export interface GatewayProblems {
  readonly name?: 'missing' | 'tooLong';
  readonly baseUrl?: UrlProblem | 'needsDeveloper';
  readonly defaultModel?: 'missing' | 'tooLong';
  readonly maxTokens?: 'unclear';
  readonly extraBody?: 'unclear' | 'tooLong';
}

/** The form of a new gateway. */
export const newGateway: TypedGateway = {
  name: '',
  kind: 'openai',
  baseUrl: '',
  defaultModel: '',
  maxTokens: '1024',
  extraBody: '',
};

/** The form of a gateway that is there. */
export function typedGateway(gateway: GatewayView): TypedGateway {
  const { name, kind, baseUrl, defaultModel, defaultMaxTokens, extraBody } = gateway;
  return {
    name,
    kind,
    baseUrl,
    defaultModel,
    maxTokens: String(defaultMaxTokens),
    extraBody: extraBody === undefined ? '' : JSON.stringify(extraBody, null, 2),
  };
}

/** The gateway that a form describes, or what is wrong with it. */
export function readGateway(
  typed: TypedGateway,
  { allowsLocalhost }: { readonly allowsLocalhost: boolean },
): { readonly draft: GatewayDraft } | { readonly problems: GatewayProblems } {
  const name = typed.name.trim();
  const defaultModel = typed.defaultModel.trim();
  const server = readBaseUrl(typed.baseUrl);
  const maxTokens = /^[1-9]\d{0,6}$/.test(typed.maxTokens.trim()) ? Number(typed.maxTokens) : undefined;
  const extra = readExtraBody(typed.extraBody);
  const nameProblem = lengthProblem(name, 60);
  const modelProblem = lengthProblem(defaultModel, 200);
  const problems: GatewayProblems = {
    ...(nameProblem === undefined ? {} : { name: nameProblem }),
    ...('problem' in server ? { baseUrl: server.problem } : {}),
    ...('isLocal' in server && server.isLocal && !allowsLocalhost ? { baseUrl: 'needsDeveloper' } : {}),
    ...(modelProblem === undefined ? {} : { defaultModel: modelProblem }),
    ...(maxTokens === undefined || maxTokens > 1_000_000 ? { maxTokens: 'unclear' } : {}),
    ...(typeof extra === 'string' ? { extraBody: extra } : {}),
  };
  if (Object.keys(problems).length > 0 || 'problem' in server || maxTokens === undefined) return { problems };
  return {
    draft: {
      name,
      kind: typed.kind,
      baseUrl: server.url,
      defaultModel,
      defaultMaxTokens: maxTokens,
      ...(typeof extra === 'object' ? { extraBody: extra } : {}),
    },
  };
}

function lengthProblem(text: string, most: number): 'missing' | 'tooLong' | undefined {
  if (text === '') return 'missing';
  return text.length > most ? 'tooLong' : undefined;
}

const maxExtraBody = 4000;

function readExtraBody(typed: string): Readonly<Record<string, Json>> | 'unclear' | 'tooLong' | undefined {
  if (typed.trim() === '') return undefined;
  if (typed.length > maxExtraBody) return 'tooLong';
  if (typed.includes('__proto__')) return 'unclear';
  try {
    const fields: unknown = JSON.parse(typed);
    return isJsonObject(fields) ? (fields as Record<string, Json>) : 'unclear';
  } catch {
    return 'unclear';
  }
}
