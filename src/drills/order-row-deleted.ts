import { literal, primaryPod, sql } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';

async function onOrders(lab: DrillLab, statement: string): Promise<string> {
  return sql(lab, await primaryPod(lab), statement, shop.ordersDatabase);
}

/** As many of the newest orders are passed over: their writers may not have heard of them, so nobody would miss them. */
const perhapsUnheard = 10;

/**
 * Positive control of the ledger: a recent order of a customer disappears behind the shop's back. The stack stays
 * healthy, so nothing but the ledger can notice.
 */
export const orderRowDeleted = defineDrill({
  id: 'order-row-deleted',
  title: 'An order that was acknowledged is deleted from its table',
  inject: async (lab) => {
    const recent = `select id from ${shop.ordersTable} order by id desc offset ${perhapsUnheard} limit 1`;
    const row = await onOrders(
      lab,
      `delete from ${shop.ordersTable} o where id = (${recent}) returning to_jsonb(o)`,
    );
    if (row === '') throw new Error('there is no order to delete');
    return { cut: 'none', facts: { row } };
  },
  proof: async (lab, { facts }) => {
    const { id } = JSON.parse(facts['row'] ?? '') as { id: number };
    const left = await onOrders(lab, `select count(*) from ${shop.ordersTable} where id = ${id}`);
    return { proven: left === '0', evidence: `${left} rows with id ${id}` };
  },
  expectedFindings: [],
  undo: async (lab, { facts }) => {
    const row = literal(facts['row'] ?? '');
    await onOrders(
      lab,
      `insert into ${shop.ordersTable} select * from jsonb_populate_record(null::${shop.ordersTable}, ${row}) on conflict do nothing`,
    );
  },
});
