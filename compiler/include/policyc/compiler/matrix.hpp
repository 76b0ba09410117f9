#pragma once

// The permission table: what a role may do, computed from the rules.
//
// A cell is computed for a subject that holds the column's role and all that it
// includes, at the resource or above, while it holds no other grantable role of
// that role's scope; roles of other scopes, derived roles, attributes and
// parameters stay open. What stays open makes a cell conditional: it prints the
// rules' @cell texts or the titles of their conditions.
//
//   const auto tables = policyc::compiler::compute_matrices(*compiled.model, loaded.sources);
//   std::cout << policyc::compiler::render(tables, policyc::compiler::TableFormat::markdown);
//
// Reads the model alone; any number of threads may ask at once. Cost: rules times columns
// times rows.

#include <cstddef>
#include <string>
#include <vector>

#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

struct Cell {
  std::string text;                // "" means never
  std::vector<std::size_t> notes;  // which of the table's footnotes hold for it, ascending, from 0
};

struct Table {
  std::string title;
  std::vector<std::string> columns;
  struct Row {
    std::string section;  // empty before the first section
    std::string title;
    std::vector<Cell> cells;  // one a column
  };
  std::vector<Row> rows;
  std::vector<std::string> footnotes;  // conditional forbids
};

// The tables that the package declares, in source order.
[[nodiscard]] std::vector<Table> compute_matrices(const Model& model, const text::SourceSet& sources);

enum class TableFormat { markdown, html, csv, json };

// One document for all tables. In JSON a cell ends in [^1], [^2], …, which count the footnotes of its own
// table; elsewhere they are numbered through the document. CSV, by RFC 4180: section, row, one column a role;
// a table's footnotes are rows behind it, of the section "footnote", whose first cell is the note.
[[nodiscard]] std::string render(const std::vector<Table>& tables, TableFormat format);

}  // namespace policyc::compiler
