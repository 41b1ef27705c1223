provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "source" {
  input = "kms.amazonaws.com"
}

resource "aws_cloudtrail" "sources" {
  name           = "sources"
  s3_bucket_name = "example-trail"

  event_selector {
    exclude_management_event_sources = [terraform_data.source.output]
  }
}

resource "aws_cloudtrail" "switch" {
  name           = "switch"
  s3_bucket_name = "example-trail"

  event_selector {
    include_management_events        = terraform_data.source.output != ""
    exclude_management_event_sources = ["kms.amazonaws.com"]
  }
}

resource "aws_cloudtrail" "decided" {
  name           = "decided"
  s3_bucket_name = "example-trail"

  event_selector {
    include_management_events        = false
    exclude_management_event_sources = [terraform_data.source.output]
  }
}
