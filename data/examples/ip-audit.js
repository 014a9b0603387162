window.YTD.ip_audit.part0 = [
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2024-04-18T13:05:42.000Z",
      "loginIp": "49.96.45.67"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2025-03-10T09:15:20.000Z",
      "loginIp": "126.33.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-08-04T22:41:09.000Z",
      "loginIp": "153.240.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-08-11T03:12:55.000Z",
      "loginIp": "106.128.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-08-21T11:20:31.000Z",
      "loginIp": "1.66.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-08-27T14:59:59.000Z",
      "loginIp": "106.146.34.56"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-09-01T15:00:00.000Z",
      "loginIp": "126.182.45.67"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-09-14T07:33:18.000Z",
      "loginIp": "133.106.45.67"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-09-22T10:10:10.000Z",
      "loginIp": "121.103.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-10-03T21:47:03.000Z",
      "loginIp": "106.72.123.45",
      "loginPortNumber": "49321"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-10-09T12:30:44.000Z",
      "loginIp": "14.8.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-10-10T00:02:17.000Z",
      "loginIp": "10.223.45.67"
    }
  },
  {
    "ipAudit": {
      "accountId": "6012345678901234567",
      "createdAt": "2026-10-11T18:20:05.000Z"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-10-15T04:55:29.000Z",
      "loginIp": "202.32.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-10-20T13:13:13.000Z",
      "loginIp": "240a:61:123:4500::8a1"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-10-26T08:40:51.000Z",
      "loginIp": "240b:10:1234:5600::45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-11-01T16:25:37.000Z",
      "loginIp": "5.157.157.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-11-05T20:08:46.000Z",
      "loginIp": "104.28.123.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-11-08T02:34:12.000Z",
      "loginIp": "149.18.240.45"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-11-10T11:11:27.000Z",
      "loginIp": "91.123.45.67"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-02-30T01:02:03.000Z",
      "loginIp": "106.73.45.67"
    }
  },
  {
    "ipAudit": {
      "accountId": "6098765432109876543",
      "createdAt": "2026-11-15T09:51:58.000Z",
      "loginIp": "1.66.100.45",
      "loginPortNumber": "50122"
    }
  }
]
