provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudtrail" "main" {
  for_each = {
    not_equals      = { not_equals = ["kms.amazonaws.com", "rdsdata.amazonaws.com"] }
    not_starts_with = { not_starts_with = ["kms."] }
    not_ends_with   = { not_ends_with = ["kms.amazonaws.com"] }
    other           = { not_equals = ["rdsdata.amazonaws.com"] }
  }

  name           = each.key
  s3_bucket_name = "example-trail"

  advanced_event_selector {
    name = "Management events"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }

    field_selector {
      field           = "eventSource"
      not_equals      = lookup(each.value, "not_equals", null)
      not_starts_with = lookup(each.value, "not_starts_with", null)
      not_ends_with   = lookup(each.value, "not_ends_with", null)
    }
  }
}
