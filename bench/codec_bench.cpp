#include <benchmark/benchmark.h>

#include <array>
#include <cstring>
#include <string>

#include "base/text.hpp"
#include "connector/common/translate.hpp"
#include "iec60870/asdu/record.hpp"
#include "iec60870/asdu/type_table.hpp"
#include "iec60870/element/process.hpp"
#include "iec60870/element/time_tag.hpp"
#include "point/point.hpp"

/// What one information object of type 36 with time tag costs on each step of its way. One iteration is an ASDU of 16
/// objects; the counter "object" is what limits/README.md speaks of.
namespace busbar {
namespace {

using namespace iec60870;

constexpr unsigned objects = 16;
constexpr std::int64_t some_time = 1'763'716'430'123;
using MeasuredFloat = Record<ShortFloat, QualityDescriptor, Cp56Time2a>;

void count_objects(benchmark::State& state, unsigned each) {
    state.counters["object"] = benchmark::Counter(static_cast<double>(state.iterations()) * each,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

StationTime station_time_at(std::int64_t ms) { return StationTime{std::chrono::milliseconds{ms}}; }

MeasuredFloat sample(unsigned index) {
    return {ShortFloat{230.5f + static_cast<float>(index) * 0.37f}, QualityDescriptor{},
            make_cp56(station_time_at(some_time + index))};
}

/// A full ASDU of type 36.
AsduWriter full_asdu() {
    AsduWriter writer;
    writer.start({.type = 36, .cause = Cause::spontaneous, .common_address = 100});
    for (unsigned i = 0; i < objects; ++i) {
        std::array<Octet, record_size<MeasuredFloat>> element{};
        encode_record(sample(i), element.data());
        writer.add(100'000 + i, element);
    }
    return writer;
}

point::Point sample_point() {
    const AsduWriter writer = full_asdu();
    const AsduView asdu = AsduView::parse(writer.octets()).value();
    point::Point point;
    connector::to_point(*asdu.description(), asdu[3], UtcTime{std::chrono::milliseconds{some_time + 8}}, {}, point);
    point.casdu = 100;
    point.source = "conn1";
    return point;
}

/// What a consumer takes from an object: limits/codec_raw's "decode incl. CP56->ms".
struct Taken {
    Ioa ioa;
    float value;
    bool good;
    std::int64_t ms;
};

/// Octets to typed elements, and the time tag to milliseconds.
void decode_asdu(benchmark::State& state) {
    const AsduWriter writer = full_asdu();
    std::array<Taken, objects> taken{};
    for (auto _ : state) {
        const auto asdu = AsduView::parse(writer.octets());
        for (unsigned i = 0; i < objects; ++i) {
            const InformationObject object = (*asdu)[i];
            const auto [value, quality, tag] = decode_record<MeasuredFloat>(object.element.data());
            const auto time = station_time(tag);
            taken[i] = {object.ioa, value.value, quality == QualityDescriptor{},
                        time ? time->time_since_epoch().count() : 0};
        }
        benchmark::DoNotOptimize(taken);
    }
    count_objects(state, objects);
}
BENCHMARK(decode_asdu);

/// Typed elements to an ASDU, milliseconds to CP56Time2a included.
void encode_asdu(benchmark::State& state) {
    AsduWriter writer;
    std::int64_t now = some_time;
    for (auto _ : state) {
        writer.start({.type = 36, .cause = Cause::spontaneous, .common_address = 100});
        ++now;
        for (unsigned i = 0; i < objects; ++i) {
            const MeasuredFloat record{ShortFloat{230.5f}, QualityDescriptor{}, make_cp56(station_time_at(now + i))};
            std::array<Octet, record_size<MeasuredFloat>> element;
            encode_record(record, element.data());
            writer.add(100'000 + i, element);
        }
        benchmark::DoNotOptimize(writer);
    }
    count_objects(state, objects);
}
BENCHMARK(encode_asdu);

void object_to_point(benchmark::State& state) {
    const AsduWriter writer = full_asdu();
    const connector::TimeZone zone = connector::TimeZone::find(state.range(0) ? "Europe/Berlin" : "UTC").value();
    const UtcTime received{std::chrono::milliseconds{some_time}};
    point::Point point;
    for (auto _ : state) {
        const AsduView asdu = *AsduView::parse(writer.octets());
        for (const InformationObject object : asdu) {
            connector::to_point(*asdu.description(), object, received, zone, point);
            benchmark::DoNotOptimize(point);
        }
    }
    count_objects(state, objects);
}
BENCHMARK(object_to_point)->ArgName("local")->Arg(0)->Arg(1);

void point_to_element(benchmark::State& state) {
    const point::Point point = sample_point();
    const TypeDescription& type = *find_type(36);
    const connector::TimeZone zone;
    for (auto _ : state) {
        auto element = connector::from_point(type, point, UtcTime{}, zone);
        benchmark::DoNotOptimize(element);
    }
    count_objects(state, 1);
}
BENCHMARK(point_to_element);

void point_to_json(benchmark::State& state) {
    point::Point point = sample_point();
    std::array<char, point::max_json_size> text;
    unsigned i = 0;
    for (auto _ : state) {
        point.value = static_cast<double>(230.5f + static_cast<float>(i++ % 1000) * 0.01f);
        benchmark::DoNotOptimize(point::write_json(text.data(), point));
    }
    count_objects(state, 1);
}
BENCHMARK(point_to_json);

void json_to_point(benchmark::State& state) {
    std::array<char, point::max_json_size> text;
    const std::string_view json{text.data(), point::write_json(text.data(), sample_point())};
    for (auto _ : state) {
        auto point = point::read_json(json);
        benchmark::DoNotOptimize(point);
    }
    state.SetLabel(std::to_string(json.size()) + " octets");
    count_objects(state, 1);
}
BENCHMARK(json_to_point);

}  // namespace
}  // namespace busbar
