import type { ReactNode } from "react";

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  /** Numbers are aligned to the right. */
  isNumber?: boolean;
  /** Left out where there is little space. The cards of a phone show it. */
  isExtra?: boolean;
  /** The column's name is for screen readers only. */
  isNameUnseen?: boolean;
  className?: string;
  title?: (row: Row) => string;
}

/**
 * A table. On narrow screens each row becomes a card, with the column's name before
 * each value. Roles are explicit: browsers drop them from tables with another `display`.
 *
 * @param label - Name of the table for screen readers.
 * @param onOpen - Called when a row is clicked.
 */
export function Table<Row>({
  label,
  rows,
  keyOf,
  columns,
  classOf,
  onOpen,
}: {
  label: string;
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  columns: readonly Column<Row>[];
  classOf?: (row: Row) => string;
  onOpen?: (row: Row) => void;
}) {
  return (
    <div className="table-frame">
      {/* biome-ignore-start lint/a11y/noRedundantRoles: as cards they are laid out by `display`, which takes the roles away */}
      <table className="table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.name}
                role="columnheader"
                scope="col"
                className={`${column.isNumber ? "number" : ""} ${column.isExtra ? "extra" : ""}`}
              >
                <span className={column.isNameUnseen ? "visually-hidden" : ""}>{column.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              role="row"
              className={`${classOf?.(row) ?? ""} ${onOpen ? "clickable" : ""}`}
              {...(onOpen && { onClick: () => onOpen(row) })}
            >
              {columns.map((column, at) => (
                <td
                  key={column.name}
                  role="cell"
                  data-name={at === 0 || column.isNameUnseen ? undefined : column.name}
                  className={`${column.isNumber ? "number" : ""} ${column.isExtra ? "extra" : ""} ${column.className ?? ""}`}
                  title={column.title?.(row) || undefined}
                >
                  <span className="cell">{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: as above */}
    </div>
  );
}
