// Permission tables as documents.

#include "policyc/compiler/matrix.hpp"

namespace policyc::compiler {
namespace {

std::string escaped_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string escaped_csv(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string quoted_json(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string markdown(const Table& table) {
  std::string out = "## " + escaped_markdown(table.title) + "\n\n| Action |";
  std::string rule = "\n| --- |";
  std::string blank;
  for (const std::string& column : table.columns) {
    out += ' ' + escaped_markdown(column) + " |";
    rule += " --- |";
    blank += "  |";
  }
  out += rule + '\n';
  std::string section;
  for (const Table::Row& row : table.rows) {
    if (row.section != section) {
      section = row.section;
      out += "| **" + escaped_markdown(section) + "** |" + blank + '\n';
    }
    out += "| " + escaped_markdown(row.title) + " |";
    for (const std::string& cell : row.cells) out += ' ' + escaped_markdown(cell) + " |";
    out += '\n';
  }
  for (std::size_t i = 0; i < table.footnotes.size(); ++i)
    out += (i == 0 ? "\n[^" : "[^") + std::to_string(i + 1) + "]: " + table.footnotes[i] + '\n';
  return out;
}

std::string html(const Table& table) {
  std::string out = "<table>\n  <caption>" + escaped_html(table.title) + "</caption>\n  <tr><th>Action</th>";
  for (const std::string& column : table.columns) out += "<th>" + escaped_html(column) + "</th>";
  out += "</tr>\n";
  std::string section;
  for (const Table::Row& row : table.rows) {
    if (row.section != section) {
      section = row.section;
      out += "  <tr><td colspan=\"" + std::to_string(table.columns.size() + 1) + "\"><b>" +
             escaped_html(section) + "</b></td></tr>\n";
    }
    out += "  <tr><td>" + escaped_html(row.title) + "</td>";
    for (const std::string& cell : row.cells) out += "<td>" + escaped_html(cell) + "</td>";
    out += "</tr>\n";
  }
  out += "</table>\n";
  if (!table.footnotes.empty()) {
    out += "<ol>\n";
    for (const std::string& note : table.footnotes) out += "  <li>" + escaped_html(note) + "</li>\n";
    out += "</ol>\n";
  }
  return out;
}

std::string csv(const Table& table) {
  std::string out = "section,row";
  for (const std::string& column : table.columns) out += ',' + escaped_csv(column);
  out += '\n';
  for (const Table::Row& row : table.rows) {
    out += escaped_csv(row.section) + ',' + escaped_csv(row.title);
    for (const std::string& cell : row.cells) out += ',' + escaped_csv(cell);
    out += '\n';
  }
  return out;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? "," : "") + quoted_json(text);
  return out + ']';
}

std::string json(const Table& table) {
  std::string out =
      "{\"title\":" + quoted_json(table.title) + ",\"columns\":" + json_list(table.columns) + ",\"rows\":[";
  bool first = true;
  for (const Table::Row& row : table.rows) {
    out += std::string(first ? "" : ",") + "{\"section\":" + quoted_json(row.section) +
           ",\"row\":" + quoted_json(row.title) + ",\"cells\":" + json_list(row.cells) + '}';
    first = false;
  }
  return out + "],\"footnotes\":" + json_list(table.footnotes) + '}';
}

}  // namespace

std::string render(const std::vector<Table>& tables, TableFormat format) {
  std::string out = format == TableFormat::json ? "[" : "";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (i > 0) out += format == TableFormat::json ? "," : "\n";
    switch (format) {
      case TableFormat::markdown: out += markdown(tables[i]); break;
      case TableFormat::html: out += html(tables[i]); break;
      case TableFormat::csv: out += csv(tables[i]); break;
      case TableFormat::json: out += json(tables[i]); break;
    }
  }
  if (format == TableFormat::json) out += "]\n";
  return out;
}

}  // namespace policyc::compiler
