/** What is known about one order after its request ended. */
export type Outcome =
  | { readonly kind: 'acknowledged'; readonly id: number }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** Client errors that do not say that the order was not taken: a timeout seen by a proxy in between (408), nginx's 499. */
const ambiguous = new Set([408, 499]);

/**
 * What an HTTP answer says about the order. Any 5xx is unknown: it may have been made up by a proxy after the shop
 * had committed.
 */
export function outcomeOf(status: number, body: string): Outcome {
  if (status === 200 || status === 201) {
    const id = orderId(body);
    return id === undefined
      ? { kind: 'unknown', why: `status ${status} without an order id` }
      : { kind: 'acknowledged', id };
  }
  const refused = status >= 400 && status < 500 && !ambiguous.has(status);
  return { kind: refused ? 'refused' : 'unknown', why: `status ${status}` };
}

function orderId(body: string): number | undefined {
  try {
    const answer = JSON.parse(body) as { id?: unknown } | null;
    return typeof answer?.id === 'number' && Number.isInteger(answer.id) ? answer.id : undefined;
  } catch {
    // Not JSON: the answer of something other than the shop.
    return undefined;
  }
}
