#include "test_requests.hpp"

#include <algorithm>

#include "policyc/value.hpp"

namespace policyc::cli {
namespace {

// What both kinds of expectations say alike.
template <class Asked>
void fill(Request& request, const text::Test& test, const Asked& asked, Values& values) {
  request.resource_inline = asked.resource.is_new;
  if (asked.resource.parent) request.parent = values.keep(name_of(*asked.resource.parent));
  request.resource_attributes = values.convert(asked.resource.attributes);
  request.parameters = values.convert(asked.parameters);
  request.context = values.take(merged(test.context, asked.context));
  request.now = test.at;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  }
  return out + '"';
}

}  // namespace

std::vector<text::Expectation> expectations_of(const text::Test& test) {
  std::vector<text::Expectation> all = test.expectations;
  for (const text::TestTable& table : test.tables)
    for (const text::TestTable::Row& row : table.rows)
      for (std::size_t i = 0; i < row.cells.size() && i < table.columns.size(); ++i) {
        text::Expectation cell;
        cell.subject = table.columns[i];
        cell.allowed = row.cells[i];
        cell.action = row.action;
        cell.parameters = row.parameters;
        cell.resource = table.resource;
        cell.context = table.context;
        cell.span = i < row.cell_spans.size() ? row.cell_spans[i] : row.span;
        all.push_back(std::move(cell));
      }
  return all;
}

Request request_of(const Program& program, const text::Test& test, const text::Expectation& expectation,
                   Values& values) {
  const text::ResourceRef& resource = expectation.resource;
  Request request;
  request.subject = values.keep(name_of(expectation.via ? *expectation.via : expectation.subject));
  if (expectation.via) request.on_behalf_of = values.keep(name_of(expectation.subject));
  request.action = values.keep(wire_name(program, expectation.action));
  request.resource = values.keep(resource.is_new && resource.entity.id.empty() ? resource.entity.kind.text
                                                                               : name_of(resource.entity));
  fill(request, test, expectation, values);
  return request;
}

Request request_of(const Program& program, const text::Test& test, const text::ListExpectation& list,
                   Values& values) {
  using Kind = text::ListExpectation::Kind;
  const text::ResourceRef& resource = list.resource;
  Request request;
  if (list.kind != Kind::who) {
    request.subject = values.keep(name_of(list.via ? *list.via : list.subject));
    if (list.via) request.on_behalf_of = values.keep(name_of(list.subject));
  }
  if (list.kind != Kind::which) request.action = values.keep(wire_name(program, list.action));
  request.resource =
      values.keep(resource.entity.id.empty() && (resource.is_new || list.kind == Kind::on_which)
                      ? resource.entity.kind.text
                      : name_of(resource.entity));
  fill(request, test, list, values);
  return request;
}

std::string written(const std::string& name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return name;
  const std::string id = name.substr(colon + 1);
  const bool plain = id == "*" || (!id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              c == '_' || c == '-';
                     }));
  return plain ? name : name.substr(0, colon + 1) + quoted(id);
}

std::string written(const text::Expr& literal) {
  switch (literal.kind) {
    case text::ExprKind::boolean: return literal.flag ? "true" : "false";
    case text::ExprKind::integer: return std::to_string(literal.number);
    case text::ExprKind::duration: return duration_text(literal.number);
    case text::ExprKind::time: return "time(\"" + time_text(literal.number) + "\")";
    case text::ExprKind::string: return quoted(literal.text);
    case text::ExprKind::ip: return "ip(\"" + literal.text + "\")";
    case text::ExprKind::entity: return written(literal.path.parts.front().text + ":" + literal.text);
    case text::ExprKind::set: {
      std::string out = "{";
      for (const text::Expr& one : literal.operands) out += (out.size() > 1 ? ", " : "") + written(one);
      return out + "}";
    }
    default: {
      std::string out;
      for (const text::Name& part : literal.path.parts) out += (out.empty() ? "" : ".") + part.text;
      return out;
    }
  }
}

std::string written(const std::vector<text::Argument>& arguments, const char* open, const char* close) {
  if (arguments.empty()) return {};
  std::string out;
  for (const text::Argument& one : arguments)
    out += (out.empty() ? "" : ", ") + one.name.text + ": " + written(one.value);
  return open + out + close;
}

}  // namespace policyc::cli
