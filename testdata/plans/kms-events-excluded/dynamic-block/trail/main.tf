variable "name" {
  type = string
}

variable "excluded" {
  type = list(list(string))
}

resource "aws_cloudtrail" "this" {
  name           = var.name
  s3_bucket_name = "example-trail"

  dynamic "event_selector" {
    for_each = var.excluded

    content {
      exclude_management_event_sources = event_selector.value
    }
  }
}
