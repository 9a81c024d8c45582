#pragma once
// Owners for the handles of OpenVINO's C API, and its status codes as Result. Only for files of this folder.

#include <openvino/c/openvino.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace chairside::ov {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* handle) const {
        Free(handle);
    }
};
template <typename T, auto Free>
using Handle = std::unique_ptr<T, Freed<Free>>;

using Core = Handle<ov_core_t, ov_core_free>;
using Model = Handle<ov_model_t, ov_model_free>;
using Compiled = Handle<ov_compiled_model_t, ov_compiled_model_free>;
using Request = Handle<ov_infer_request_t, ov_infer_request_free>;
using Tensor = Handle<ov_tensor_t, ov_tensor_free>;
using Port = Handle<ov_output_const_port_t, ov_output_const_port_free>;
using LayoutText = Handle<ov_layout_t, ov_layout_free>;
using Preprocessor = Handle<ov_preprocess_prepostprocessor_t, ov_preprocess_prepostprocessor_free>;

// Calls f(arguments..., &handle) and takes the handle over, also when there is none.
template <typename H, typename F, typename... Args>
ov_status_e make(H& handle, F f, Args... arguments) {
    typename H::pointer raw = nullptr;
    const ov_status_e status = f(arguments..., &raw);
    handle.reset(raw);
    return status;
}

// The Error says "what: " and the library's own reason, without its source lines.
Result<void> check(ov_status_e status, const std::string& what);
// The library's text as one line for people. Exposed for tests.
std::string plain_reason(const std::string& message);

// -1: not known before inference.
using Dims = std::vector<std::int64_t>;
Dims dims_of(const ov_output_const_port_t* port);
Dims dims_of(const ov_tensor_t* tensor);
std::string name_of(const ov_output_const_port_t* port);  // "" if it has none
ov_element_type_e type_of(const ov_output_const_port_t* port);

// A tensor of bytes [1, height, width, 3]; of its own memory, or over `pixels`, which must outlive it.
Result<Tensor> picture_tensor(int width, int height, const std::uint8_t* pixels = nullptr);

}  // namespace chairside::ov
