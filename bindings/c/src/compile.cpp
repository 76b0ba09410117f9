// Texts to images. The parsers are in here, and nothing of them is seen outside.

#include "policyc_compile.h"

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "conversion.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/program.hpp"
#include "policyc/snapshot/read.hpp"

struct policyc_output {
  std::vector<std::byte> image;
  policyc::text::Diagnostics diagnostics;
  policyc::text::SourceSet sources;
};

namespace policyc::c {
namespace {

// Hands the output over: 1 if it has an image, 0 if it has none.
int handed(std::unique_ptr<policyc_output> output, policyc_output** out) noexcept {
  const int outcome = output->image.empty() ? 0 : 1;
  *out = output.release();
  return outcome;
}

int compiled(text::LoadedPackage loaded, policyc_output** out) {
  auto output = std::make_unique<policyc_output>();
  {
    compiler::CompileResult result = compiler::compile(loaded);
    output->image = std::move(result.image);
    output->diagnostics = std::move(result.diagnostics);
  }
  output->sources = std::move(loaded.sources);
  return handed(std::move(output), out);
}

int read(snapshot::ReadResult result, policyc_output** out) {
  auto output = std::make_unique<policyc_output>();
  output->image = std::move(result.image);
  output->diagnostics = std::move(result.diagnostics);
  output->sources = std::move(result.sources);
  return handed(std::move(output), out);
}

Result<Program> program_of(const void* image, std::size_t size) {
  if (image == nullptr) return Error{ErrorCode::malformed, "there is no image"};
  return Program::load({static_cast<const std::byte*>(image), size}, Trust::unsigned_local());
}

}  // namespace
}  // namespace policyc::c

using namespace policyc;
using namespace policyc::c;

extern "C" {

int policyc_compile_path(policyc_string path, policyc_output** output) {
  return guarded([&] {
    if (output == nullptr) return failed(ErrorCode::malformed);
    *output = nullptr;
    if (!is_sound(path) || path.size == 0) return failed(ErrorCode::malformed);
    return compiled(text::load_package(std::string(view(path))), output);
  });
}

int policyc_compile_texts(const policyc_source* sources, size_t count, policyc_output** output) {
  return guarded([&] {
    if (output == nullptr) return failed(ErrorCode::malformed);
    *output = nullptr;
    if (sources == nullptr && count > 0) return failed(ErrorCode::malformed);
    std::vector<std::pair<std::string, std::string>> files;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_sound(sources[i].name) || !is_sound(sources[i].text)) return failed(ErrorCode::malformed);
      files.emplace_back(view(sources[i].name), view(sources[i].text));
    }
    return compiled(text::load_package_from_memory(std::move(files)), output);
  });
}

int policyc_snapshot_path(const void* program, size_t program_size, policyc_string path,
                          policyc_output** output) {
  return guarded([&] {
    if (output == nullptr) return failed(ErrorCode::malformed);
    *output = nullptr;
    if (!is_sound(path) || path.size == 0) return failed(ErrorCode::malformed);
    const auto loaded = program_of(program, program_size);
    if (!loaded) return failed(loaded.error().code);
    return read(snapshot::read_file(std::string(view(path)), loaded->schema(), loaded->schema_digest()),
                output);
  });
}

int policyc_snapshot_text(const void* program, size_t program_size, policyc_source source, uint32_t format,
                          policyc_output** output) {
  return guarded([&] {
    if (output == nullptr) return failed(ErrorCode::malformed);
    *output = nullptr;
    if (!is_sound(source.name) || !is_sound(source.text) || format > POLICYC_JSON_LINES)
      return failed(ErrorCode::malformed);
    const auto loaded = program_of(program, program_size);
    if (!loaded) return failed(loaded.error().code);
    return read(
        snapshot::read_text(std::string(view(source.name)), std::string(view(source.text)),
                            static_cast<snapshot::Format>(format), loaded->schema(), loaded->schema_digest()),
        output);
  });
}

const void* policyc_output_image(const policyc_output* output, size_t* size) {
  const bool is_there = output != nullptr && !output->image.empty();
  if (size != nullptr) *size = is_there ? output->image.size() : 0;
  return is_there ? output->image.data() : nullptr;
}

size_t policyc_output_errors(const policyc_output* output) {
  return output == nullptr ? 0 : output->diagnostics.error_count();
}
size_t policyc_output_warnings(const policyc_output* output) {
  return output == nullptr ? 0 : output->diagnostics.warning_count();
}

size_t policyc_output_findings(const policyc_output* output, uint32_t form, char* buffer, size_t room) {
  std::size_t whole = 0;
  // Whatever happens, the caller can print its buffer.
  put("", buffer, room);
  if (form > POLICYC_FINDINGS_JSON) return 0;
  (void)guarded([&] {
    std::string text;
    if (output != nullptr)
      for (const text::Diagnostic& finding : output->diagnostics.list())
        text += form == POLICYC_FINDINGS_JSON ? text::render_json(finding, output->sources)
                                              : text::render_text(finding, output->sources);
    whole = put(text, buffer, room);
    return 1;
  });
  return whole;
}

void policyc_output_free(policyc_output* output) { delete output; }

}  // extern "C"
