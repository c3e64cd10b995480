"""pymodbus as a server for the interoperability test: pymodbus_server.py tcp|rtu|serial <port or device>."""
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartSerialServer, StartTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

kind, place = sys.argv[1:3]
slave = ModbusSlaveContext(
    di=ModbusSequentialDataBlock(0, [i % 3 == 0 for i in range(100)]),
    co=ModbusSequentialDataBlock(0, [False] * 100),
    ir=ModbusSequentialDataBlock(0, [i * 3 for i in range(200)]),
    hr=ModbusSequentialDataBlock(0, [i for i in range(200)]),
    zero_mode=True,
)
context = ModbusServerContext(slaves={1: slave}, single=False)
identity = ModbusDeviceIdentification(
    info_name={
        "VendorName": "Maker",
        "ProductCode": "M1",
        "MajorMinorRevision": "1.2",
        "ModelName": "Bench",
    }
)
if kind == "serial":
    StartSerialServer(context=context, identity=identity, framer=ModbusRtuFramer, port=place, baudrate=19200)
else:
    framer = ModbusRtuFramer if kind == "rtu" else ModbusSocketFramer
    StartTcpServer(context=context, identity=identity, framer=framer, address=("127.0.0.1", int(place)))
