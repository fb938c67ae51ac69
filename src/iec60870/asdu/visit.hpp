#pragma once

#include "iec60870/asdu/type_rows.hpp"

/// Elements of a type that is known only when the program runs, with fields that are known when it is compiled.
namespace busbar::iec60870 {

/// Says what a type consists of without a value of it: TypeOf<Record<SinglePoint, Cp56Time2a>>.
template <class R>
struct TypeOf {
    using Elements = R;
};

namespace detail {

template <class Function, class R>
void call_with(Function& function) {
    function(TypeOf<R>{});
}

template <class Function>
constexpr auto calls_by_id() {
    std::array<void (*)(Function&), 128> calls{};
    std::apply([&]<class... R>(const TypeRow<R>&... row) { ((calls[row.id] = &call_with<Function, R>), ...); },
               type_rows);
    return calls;
}

template <class Function>
inline constexpr auto calls = calls_by_id<Function>();

}  // namespace detail

/// Calls `function(TypeOf<Record<…>>{})` with the elements of `type`. False: no such type, nothing was called.
template <class Function>
bool with_type(TypeId type, Function&& function) {
    using F = std::remove_reference_t<Function>;
    const auto call = type < detail::calls<F>.size() ? detail::calls<F>[type] : nullptr;
    if (!call) return false;
    call(function);
    return true;
}

/// Calls `visitor(FieldOf{}, value)` for each number and switch and `visitor(TagOf{}, time)` for each time tag of an
/// element. False: no such type, or fewer octets than it has. What follows a file segment's length is not visited.
template <class Visitor>
bool visit_element(TypeId type, Octets element, Visitor&& visitor) {
    bool complete = false;
    with_type(type, [&]<class R>(TypeOf<R>) {
        if (element.size() < record_size<R>) return;
        complete = true;
        const R record = decode_record<R>(element.data());
        for_each_leaf_of(record, visitor);
    });
    return complete;
}

/// The other way: every field is offered to `visitor(FieldOf{}, value&)` to be set, then the element is written to
/// `out`. Returns its size, 0 for a type that does not exist.
template <class Visitor>
unsigned compose_element(TypeId type, std::span<Octet> out, Visitor&& visitor) {
    unsigned size = 0;
    with_type(type, [&]<class R>(TypeOf<R>) {
        require(out.size() >= record_size<R>, "room for a whole element");
        R record{};
        for_each_leaf_of(record, visitor);
        size = static_cast<unsigned>(encode_record(record, out.data()) - out.data());
    });
    return size;
}

}  // namespace busbar::iec60870
