#include "detect/openvino/ov.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

namespace chairside::ov {
namespace {

constexpr std::size_t kLongestReason = 400;

bool is_noise(const std::string& line) {
    for (const char* start : {"Exception from ", "Check '", "FrontEnd API failed", "While validating"}) {
        if (line.rfind(start, 0) == 0) return true;
    }
    return line.empty();
}

}  // namespace

std::string plain_reason(const std::string& message) {
    std::istringstream lines(message);
    std::string text, first;
    for (std::string line; std::getline(lines, line);) {
        if (const auto start = line.find_first_not_of(" \t"); start != std::string::npos)
            line.erase(0, start);
        if (first.empty()) first = line;
        if (is_noise(line)) continue;
        if (!text.empty()) text += "; ";
        text += line;
        if (text.size() > kLongestReason) break;
    }
    if (text.empty()) text = first;
    if (text.size() > kLongestReason) text = text.substr(0, kLongestReason) + "...";
    // Bytes of a broken file can end up in the text.
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
}

Result<void> check(ov_status_e status, const std::string& what) {
    if (status == ov_status_e::OK) return {};
    // Per thread: the text of the call that just failed.
    const char* last = ov_get_last_err_msg();
    std::string reason = last ? plain_reason(last) : std::string();
    if (last) ov_free(last);
    if (reason.empty()) reason = ov_get_error_info(status);
    return fail(ErrorKind::kInvalid, what + ": " + reason);
}

Dims dims_of(const ov_output_const_port_t* port) {
    ov_partial_shape_t shape{};
    if (ov_port_get_partial_shape(port, &shape) != ov_status_e::OK) return {};
    Dims dims;
    for (std::int64_t i = 0; i < shape.rank.max && shape.dims; ++i) {
        dims.push_back(shape.dims[i].min == shape.dims[i].max ? shape.dims[i].min : -1);
    }
    ov_partial_shape_free(&shape);
    return dims;
}

Dims dims_of(const ov_tensor_t* tensor) {
    ov_shape_t shape{};
    if (ov_tensor_get_shape(tensor, &shape) != ov_status_e::OK) return {};
    Dims dims(shape.dims, shape.dims + shape.rank);
    ov_shape_free(&shape);
    return dims;
}

std::string name_of(const ov_output_const_port_t* port) {
    char* text = nullptr;
    if (ov_port_get_any_name(port, &text) != ov_status_e::OK || !text) return {};
    std::string name = text;
    ov_free(text);
    return name;
}

ov_element_type_e type_of(const ov_output_const_port_t* port) {
    ov_element_type_e type = ov_element_type_e::DYNAMIC;
    ov_port_get_element_type(port, &type);
    return type;
}

Result<Tensor> picture_tensor(int width, int height, const std::uint8_t* pixels) {
    std::array<std::int64_t, 4> dims{1, height, width, 3};
    ov_shape_t shape{static_cast<std::int64_t>(dims.size()), dims.data()};
    Tensor tensor;
    // Inputs are only read, but the C API takes no const.
    const ov_status_e status = pixels ? make(tensor, ov_tensor_create_from_host_ptr, U8, shape,
                                             static_cast<void*>(const_cast<std::uint8_t*>(pixels)))
                                      : make(tensor, ov_tensor_create, U8, shape);
    if (auto done = check(status, "input tensor"); !done) return tl::unexpected(done.error());
    if (!pixels) {
        void* data = nullptr;
        ov_tensor_data(tensor.get(), &data);
        if (data) std::memset(data, 0, static_cast<std::size_t>(width) * height * 3);
    }
    return tensor;
}

}  // namespace chairside::ov
