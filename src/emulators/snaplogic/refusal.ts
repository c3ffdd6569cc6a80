import type { Reply } from '../shared/server.ts';

/** The phrases in the reasons of failed assets: `HTTP Code: 401 Status: UNAUTHORIZED`. */
const phrases: Readonly<Record<number, string>> = {
  400: 'BAD REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT FOUND',
  409: 'CONFLICT',
  500: 'INTERNAL SERVER ERROR',
};

export const reasonOf = (status: number): string => `HTTP Code: ${status} Status: ${phrases[status] ?? 'ERROR'}`;

export const errorDocument = (status: number, message: string) => ({
  http_status_code: status,
  response_map: { error_list: [{ message }] },
});

/** An error document inside an error document, as some calls of the service answer. */
export const nestedErrorDocument = (status: number, message: string) => ({
  http_status_code: status,
  response_map: { error_list: [{ message: '', ...errorDocument(status, message) }] },
});

/**
 * Every JSON answer repeats its status in `http_status_code`. The header X-SL-StatusCode is in the documents of 2022.
 */
export const json = (status: number, document: object, bodyCode = status): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json', 'X-SL-StatusCode': String(bodyCode) },
  body: JSON.stringify({ ...document, http_status_code: bodyCode }),
});

export const ok = (responseMap: unknown): Reply => json(200, { response_map: responseMap });
