#pragma once

#include <optional>
#include <string>
#include <type_traits>

#include "iec102/meter/asdu.hpp"

/// Walks the body of an ASDU along the row of its type: decoding, JSON and the decode tool are visitors.
namespace busbar::iec102 {

/// What a visitor is told about the element it is given.
struct Place {
    std::optional<Octet> address;  // the object address before it, in types whose elements go by address
    bool common = false;           // belongs to all elements before it
};

namespace detail {

/// Reads on in a body and says where it ends too early.
class BodyReader {
public:
    explicit BodyReader(Octets body) : body_(body) {}

    template <Described Element, class Visitor>
    bool take(const Place& place, Visitor& visitor) {
        if (body_.size() - at_ < size_of<Element>) {
            error_ = {"an object needs " + std::to_string(size_of<Element>) + " octets, " +
                          std::to_string(body_.size() - at_) + " are left",
                      asdu_header_size + body_.size()};
            return false;
        }
        const Element element = decode_element<Element>(body_.data() + at_);
        at_ += size_of<Element>;
        visitor(place, element);
        return true;
    }

    std::optional<Octet> take_address() {
        if (at_ == body_.size()) {
            error_ = {"the ASDU ends before its last object", asdu_header_size + at_};
            return std::nullopt;
        }
        return body_[at_++];
    }
    bool unknown_address(Octet address) {
        error_ = {"object address " + std::to_string(address) + " is unknown", asdu_header_size + at_ - 1};
        return false;
    }

    std::optional<Error> fault(bool reserved_octets_may_follow) const {
        if (error_) return error_;
        if (at_ == body_.size() || reserved_octets_may_follow) return std::nullopt;
        return Error{std::to_string(body_.size() - at_) + " octets follow the last object", asdu_header_size + at_};
    }

private:
    Octets body_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

template <class Element, class Visitor>
void walk(One<Element>, unsigned, BodyReader& body, Visitor& visitor) {
    body.take<Element>({}, visitor);
}

template <class Element, class Visitor>
void walk(OneAndReserved<Element>, unsigned, BodyReader& body, Visitor& visitor) {
    body.take<Element>({}, visitor);
}

template <class Element, class Visitor>
void walk(Each<Element>, unsigned count, BodyReader& body, Visitor& visitor) {
    for (unsigned index = 0; index < count; ++index) {
        if (!body.take<Element>({}, visitor)) return;
    }
}

template <class Element, class Common, class Visitor>
void walk(EachAndCommon<Element, Common>, unsigned count, BodyReader& body, Visitor& visitor) {
    for (unsigned index = 0; index < count; ++index) {
        if (!body.take<Element>({}, visitor)) return;
    }
    body.take<Common>({std::nullopt, true}, visitor);
}

template <class... Ats, class Visitor>
void walk(ByAddress<Ats...>, unsigned count, BodyReader& body, Visitor& visitor) {
    for (unsigned index = 0; index < count; ++index) {
        const auto address = body.take_address();
        if (!address) return;
        bool known = false, good = true;
        ((Ats::address == *address && (known = true, good = body.take<typename Ats::Element>({address}, visitor))),
         ...);
        if (!known) body.unknown_address(*address);
        if (!known || !good) return;
    }
}

template <class Body>
inline constexpr bool has_reserved_octets = false;
template <class Element>
inline constexpr bool has_reserved_octets<OneAndReserved<Element>> = true;

}  // namespace detail

/// Calls `visitor(Place, element)` for each element of the body, then says what was wrong, if anything: a type without
/// a row, too few octets or too many, an unknown object address. `at` counts from the ASDU's first octet. What was
/// visited before stays good.
template <class Visitor>
std::optional<Error> visit_body(const AsduView& asdu, Visitor&& visitor) {
    std::optional<Error> fault;
    const bool known = with_row(asdu.header.type, [&](const auto& row) {
        using Body = typename std::remove_cvref_t<decltype(row)>::Body;
        detail::BodyReader body{asdu.body};
        detail::walk(Body{}, asdu.header.count, body, visitor);
        fault = body.fault(detail::has_reserved_octets<Body>);
    });
    if (!known) return Error{"type " + std::to_string(static_cast<unsigned>(asdu.header.type)) + " is unknown", 0};
    return fault;
}

/// What an answer with instantaneous values says, and what is wrong with it, if anything: objects that came before the
/// fault are good.
struct ReceivedValues {
    InstantaneousValues values;
    std::optional<Error> fault;
};
ReceivedValues instantaneous_values(const AsduView& asdu);

/// An ASDU 163 of the objects that are there.
OctetBuffer make_instantaneous_values(AsduHeader header, const InstantaneousValues& values);

/// The one element of a type that has one: `read_one<TimeLabelB>(asdu)`.
template <Described Element>
Result<Element> read_one(const AsduView& asdu) {
    std::optional<Element> found;
    const auto fault = visit_body(asdu, [&](const Place&, const auto& element) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(element)>, Element>) found = element;
    });
    if (!found) return tl::make_unexpected(fault.value_or(Error{"the ASDU has not what was looked for", 0}));
    return *found;
}

}  // namespace busbar::iec102
