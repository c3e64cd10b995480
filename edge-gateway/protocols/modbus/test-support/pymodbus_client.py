"""pymodbus as a client for the interoperability test: asks everything it can and prints what it heard as JSON."""
import json
import sys

from pymodbus.client import ModbusTcpClient
from pymodbus.file_message import FileRecord, WriteFileRecordRequest
from pymodbus.mei_message import ReadDeviceInformationRequest
from pymodbus.other_message import (
    GetCommEventCounterRequest,
    GetCommEventLogRequest,
    ReadExceptionStatusRequest,
    ReportSlaveIdRequest,
)
from pymodbus.diag_message import ReturnQueryDataRequest
from pymodbus.register_read_message import ReadWriteMultipleRegistersRequest
from pymodbus.register_write_message import MaskWriteRegisterRequest
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

framing, port = sys.argv[1], int(sys.argv[2])
client = ModbusTcpClient("127.0.0.1", port=port, framer=ModbusRtuFramer if framing == "rtu" else ModbusSocketFramer)
client.connect()
unit = {"slave": 1}
heard = {}


def note(name, answer, *fields):
    heard[name] = "exception %d" % answer.exception_code if answer.isError() and hasattr(answer, "exception_code") else [
        plain(getattr(answer, field)) for field in fields
    ]


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


note("read_coils", client.read_coils(3, 5, **unit), "bits")
note("read_discrete_inputs", client.read_discrete_inputs(0, 9, **unit), "bits")
note("read_holding_registers", client.read_holding_registers(10, 4, **unit), "registers")
note("read_input_registers", client.read_input_registers(10, 125, **unit), "registers")
note("write_single_coil", client.write_coil(3, True, **unit), "address", "value")
note("write_single_register", client.write_register(11, 777, **unit), "address", "value")
note("write_multiple_coils", client.write_coils(4, [True, False, True], **unit), "address", "count")
note("write_multiple_registers", client.write_registers(12, [1, 2, 3], **unit), "address", "count")
# Its own methods for these two leave the unit out.
note("mask_write_register", client.execute(MaskWriteRegisterRequest(13, 0xF2, 0x25, unit=1)), "address", "and_mask", "or_mask")
note(
    "read_write_multiple_registers",
    client.execute(
        ReadWriteMultipleRegistersRequest(read_address=11, read_count=4, write_address=14, write_registers=[9], unit=1)
    ),
    "registers",
)
note("diagnostics", client.execute(ReturnQueryDataRequest(0xA537, unit=1)), "message")
note("read_exception_status", client.execute(ReadExceptionStatusRequest(unit=1)), "status")
note("get_comm_event_counter", client.execute(GetCommEventCounterRequest(unit=1)), "count")
note("get_comm_event_log", client.execute(GetCommEventLogRequest(unit=1)), "event_count", "message_count", "events")
note("report_server_id", client.execute(ReportSlaveIdRequest(unit=1)), "identifier")
if framing == "tcp":
    record = FileRecord(file_number=4, record_number=7, record_data=b"\x06\xaf\x04\xbe")
    note("write_file_record", client.execute(WriteFileRecordRequest([record], unit=1)))
    note("read_device_identification", client.execute(ReadDeviceInformationRequest(1, 0, unit=1)), "information")
note("bad_address", client.read_holding_registers(5000, 1, **unit), "registers")
client.close()
print(json.dumps(heard))
